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
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    if (type !== null) types.set(type[1]!, type[2]!);
    if (type !== null || /^# HELP [a-z_]+ \S/.test(line)) continue;
    const sample = /^([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\.)*"(?:,[a-z]+="(?:[^"\\]|\\.)*")*\})? (\S+)$/.exec(
      line,
    );
    if (sample === null || Number.isNaN(Number(sample[3]))) throw new Error(`no sample: ${line}`);
    const [, name, labels = "", value] = sample;
    const isCounter = types.get(name!) === "counter";
    if (!types.has(name!) || isCounter !== name!.endsWith("_total")) throw new Error(`a wrong type: ${line}`);
    if (name! + labels in samples) throw new Error(`twice: ${line}`);
    samples[name! + labels] = Number(value);
  }
  return samples;
}
