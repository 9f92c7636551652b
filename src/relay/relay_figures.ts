/** What a relay's thread tells of what it has done: the shape that crosses threads, and its names. */
import { isCount, isRecord } from "../thread/shapes.ts";

/**
 * Samples by series, a metric's name with its labels as Prometheus writes them (text format 0.0.4). No label is an
 * id, an address or anything else that a client chooses, so that there are a few hundred series at most.
 */
export type Samples = Readonly<Record<string, number>>;

export interface RelayFigures {
  /** Only grow while the thread runs. */
  readonly counters: Samples;
  readonly gauges: Samples;
}

interface Family {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
}

/** Every metric of the relay. Those of a store appear only where it is another program. */
export const RELAY_FAMILIES = {
  unarr_relay_agents_online: { type: "gauge", help: "Agents that synced here in the last 30 s." },
  unarr_relay_open_wakes: { type: "gauge", help: "Wake requests that are held." },
  unarr_relay_open_event_streams: { type: "gauge", help: "Event streams that are open." },
  unarr_relay_draining: { type: "gauge", help: "Whether it is about to end." },
  unarr_relay_requests_total: { type: "counter", help: "Requests that were answered." },
  unarr_relay_request_duration_seconds: {
    type: "histogram",
    help: "Until a request was answered; of an event stream until it began.",
  },
  unarr_relay_refusals_total: { type: "counter", help: "Requests refused, by the code of the answer." },
  unarr_relay_sessions_opened_total: { type: "counter", help: "Sessions opened here." },
  unarr_relay_sessions_deleted_total: { type: "counter", help: "Sessions deleted here by their viewers." },
  unarr_relay_messages_in_total: { type: "counter", help: "Messages posted here." },
  unarr_relay_messages_out_total: { type: "counter", help: "Messages written into event streams." },
  unarr_relay_store_failures_total: { type: "counter", help: "Calls of the store that failed." },
  unarr_relay_store_duration_seconds: {
    type: "histogram",
    help: "Round trips to a store that is another program; without those that wait for an event.",
  },
} as const satisfies Record<string, Family>;

export type RelayMetric = keyof typeof RELAY_FAMILIES;

/** Series of one relay, and UTF-16 code units of each name: bounds for what another thread says. */
const MAX_SERIES = 4_000;
const MAX_SERIES_NAME = 256;
const SERIES = /^(unarr_relay_[a-z_]+?)(?:_bucket|_sum|_count)?(?:\{[\x20-\x7e]*\})?$/;

/** A series' name; values of labels are text of this program without quotes, backslashes or line ends. */
export function series(metric: string, labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join()}}`;
}

/** The metric that a series belongs to; a histogram has three kinds of them. */
export function metricOf(name: string): RelayMetric | undefined {
  const metric = SERIES.exec(name)?.[1];
  return metric !== undefined && Object.hasOwn(RELAY_FAMILIES, metric) ? metric as RelayMetric : undefined;
}

/** Whether it is what a relay's thread may say. */
export function isRelayFigures(value: unknown): value is RelayFigures {
  return isRecord(value) && isSamples(value["counters"]) && isSamples(value["gauges"]);
}

/** Sums by series. */
export function addSamples(a: Samples, b: Samples): Samples {
  const sums: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

function isSamples(value: unknown): value is Samples {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_SERIES &&
    entries.every(([name, sample]) =>
      name.length <= MAX_SERIES_NAME && metricOf(name) !== undefined && isCount(sample)
    );
}
