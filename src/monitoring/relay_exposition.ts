import { metricOf, RELAY_FAMILIES, type RelayFigures, type RelayMetric } from "../relay/relay_figures.ts";

/** What a relay does, in the text format of Prometheus, version 0.0.4; metrics without a sample are left out. */
export function relayExposition({ counters, gauges }: RelayFigures): string {
  const lines = new Map<RelayMetric, string>();
  for (const [name, value] of [...Object.entries(gauges), ...Object.entries(counters)]) {
    const metric = metricOf(name);
    if (metric !== undefined) lines.set(metric, `${lines.get(metric) ?? ""}${name} ${value}\n`);
  }
  return Object.entries(RELAY_FAMILIES).map(([metric, { type, help }]) => {
    const samples = lines.get(metric as RelayMetric);
    return samples === undefined ? "" : `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${samples}`;
  }).join("");
}
