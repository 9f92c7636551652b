/**
 * Samples of an exposition by name and labels, as they are written.
 *
 * @throws {Error} for a line that the text format of Prometheus has not
 */
export function parseMetrics(text: string): Record<string, number> {
  const samples: Record<string, number> = {};
  const types = new Map<string, string>();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.slice(0, -1).split("\n")) {
    const typed = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (typed !== null) types.set(typed[1]!, typed[2]!);
    if (typed !== null || /^# HELP [a-z_]+ \S/.test(line)) continue;
    const sample = /^([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\.)*"(?:,[a-z]+="(?:[^"\\]|\\.)*")*\})? (\S+)$/.exec(
      line,
    );
    if (sample === null || Number.isNaN(Number(sample[3]))) throw new Error(`no sample: ${line}`);
    const [, name, labels = "", value] = sample;
    const type = types.get(name!) ?? types.get(name!.replace(/_(bucket|sum|count)$/, ""));
    const isFit = type === "histogram"
      ? !types.has(name!)
      : (type === "counter") === name!.endsWith("_total");
    if (type === undefined || !isFit) throw new Error(`a wrong type: ${line}`);
    if (name! + labels in samples) throw new Error(`twice: ${line}`);
    samples[name! + labels] = Number(value);
  }
  return samples;
}
