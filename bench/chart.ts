import { rates, type Report } from "./report.ts";
import { type Summary, summary } from "./statistics.ts";

/** Lengths in the chart's own units, which are pixels at its natural size. */
const WIDTH = 720;
const LABELS = 120;
const VALUES = 48;
const TITLE = 52;
const GROUP = 30;
const BAR = 16;
const ROW = 22;
const FOOT = 40;

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}
.title{font-size:16px;font-weight:600}
.group{font-weight:600}
.note{font-size:11px;fill:#59636e}
.bar{fill:#afb8c1}
.first{fill:#0969da}
.spread{stroke:#1f2328;stroke-opacity:.6}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.note{fill:#9198a1}
.bar{fill:#57606a}
.first{fill:#388bfd}
.spread{stroke:#e6edf3}
}`;

interface Bar {
  readonly sender: string;
  readonly receiver: string;
  readonly rate: Summary;
}

/**
 * A bar chart of the throughput, as an SVG image for light and dark pages: a group for each receiver, a bar
 * for each sender with its median, and a line from the least to the most.
 *
 * @throws {RangeError} when throughput was not measured
 */
export function chart(report: Report): string {
  const bars = (report.throughput ?? []).map(({ sender, receiver, samples }): Bar => ({
    sender,
    receiver,
    rate: summary(rates(samples, report.bytes)),
  }));
  if (bars.length === 0) throw new RangeError("there is no throughput to draw");
  const scale = (WIDTH - LABELS - VALUES) / Math.max(...bars.map(({ rate }) => rate.max));
  const groups = Map.groupBy(bars, ({ receiver }) => receiver);
  const drawn: string[] = [];
  let y = TITLE;
  for (const [receiver, members] of groups) {
    drawn.push(text(0, y + 19, `to ${receiver}`, "group"));
    y += GROUP;
    for (const bar of members) {
      drawn.push(drawBar(bar, y, scale, bar.sender === bars[0]!.sender));
      y += ROW;
    }
  }
  const height = y + FOOT;
  const title = "Throughput of one session on loopback, Mbit/s";
  const { machine, rounds, bytes } = report;
  const notes = [
    `Median of alternating rounds (${rounds}) with ${bytes / 2 ** 20} MiB each; lines from least to most`,
    `${machine.cpu}, ${machine.cores} cores · Deno ${machine.deno} · ${report.date.slice(0, 10)}`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" ` +
    `height="${height}" role="img" aria-labelledby="title">
<title id="title">${escape(title)}</title>
<style>${STYLE}</style>
${text(0, 20, title, "title")}
${drawn.join("\n")}
${notes.map((note, i) => text(0, y + 16 + 16 * i, note, "note")).join("\n")}
</svg>
`;
}

function drawBar({ sender, rate }: Bar, y: number, scale: number, first: boolean): string {
  const x = (value: number) => (LABELS + value * scale).toFixed(1);
  const middle = y + BAR / 2;
  const width = (rate.median * scale).toFixed(1);
  const kind = first ? "first" : "bar";
  return [
    text(0, y + 13, sender),
    `<rect class="${kind}" x="${LABELS}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
    `<path class="spread" d="M${x(rate.min)} ${middle}H${x(rate.max)}"/>`,
    // Behind the line, or they would cross.
    text(Number(x(rate.max)) + 8, y + 13, rate.median.toFixed(0)),
  ].join("");
}

function text(x: number, y: number, content: string, kind?: string): string {
  const attribute = kind === undefined ? "" : ` class="${kind}"`;
  return `<text${attribute} x="${x}" y="${y}">${escape(content)}</text>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
