/**
 * Draws the chart of a report anew.
 *
 *     deno task bench:chart bench/results/throughput.json
 */
import { chart } from "./chart.ts";
import type { Report } from "./report.ts";

/** Where the chart of a report is. */
export function chartPath(json: string): string {
  return `${json.replace(/\.json$/, "")}.svg`;
}

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined) throw new Error("name a report: deno task bench:chart <report.json>");
  const report: Report = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(chartPath(path), chart(report));
}
