/** The results as text, tables in Markdown. */
import {
  cpuPerGigabyte,
  peaks,
  rates,
  type Report,
  type SeekCell,
  type SessionsCell,
  type ThroughputCell,
} from "./report.ts";
import { percentile, roundRatios, summary } from "./statistics.ts";

/** Everything that was measured. */
export function tables(report: Report): string {
  const { machine, rounds, bytes, omitted, throughput, sessions, seek } = report;
  const load = machine.load.toFixed(1);
  return [
    `${machine.cpu}, ${machine.cores} cores, load ${load}; ${machine.kernel}; Deno ${machine.deno}` +
    (machine.chromium === null ? "" : `; Chromium ${machine.chromium}`),
    `${bytes / 2 ** 20} MiB, alternating rounds: ${rounds}; median (least to most)`,
    ...report.senders.map(({ name, setting }) => `${name}: ${setting}`),
    ...Object.entries(omitted).map(([name, reason]) => `left out: ${name} (${reason})`),
    ...Object.entries(report.retries).map(([pair, count]) =>
      `tried again to connect: ${pair} (${count} times)`
    ),
    ...throughput === undefined ? [] : throughputTables(throughput, bytes),
    ...sessions === undefined ? [] : sessionsTable(sessions.receiver, sessions.cells, bytes),
    ...seek === undefined ? [] : seekTable(seek),
  ].join("\n");
}

function throughputTables(cells: readonly ThroughputCell[], bytes: number): string[] {
  const senders = [...new Set(cells.map(({ sender }) => sender))];
  const receivers = [...new Set(cells.map(({ receiver }) => receiver))];
  const grid = (rows: readonly string[], text: (cell: ThroughputCell, receiver: string) => string) =>
    table(
      ["sender", ...receivers.map((receiver) => `to ${receiver}`)],
      rows.map((row) => [
        row,
        ...receivers.map((receiver) =>
          text(cells.find((cell) => cell.sender === row && cell.receiver === receiver)!, receiver)
        ),
      ]),
    );
  const [first, ...others] = senders;
  const base = (receiver: string) =>
    cells.find((cell) => cell.sender === first && cell.receiver === receiver)!;
  return [
    ...["", "## Mbit/s", "", ...grid(senders, ({ samples }) => spread(rates(samples, bytes), 0))],
    ...others.length === 0 ? [] : [
      ...["", `## ${first} ÷ sender, within a round`, ""],
      ...grid(
        others,
        ({ samples }, receiver) =>
          spread(roundRatios(rates(base(receiver).samples, bytes), rates(samples, bytes)), 2),
      ),
    ],
    ...["", "## Processor time of the sender's process, seconds a GB (10⁹ bytes)", ""],
    ...grid(senders, ({ samples }) => spread(cpuPerGigabyte(samples, bytes), 1)),
    ...["", "## Peak memory of the sender's process with its runtime during a transfer, MB (10⁶ bytes)", ""],
    ...grid(senders, ({ samples }) => spread(peaks(samples), 0)),
  ];
}

function sessionsTable(receiver: string, cells: readonly SessionsCell[], bytes: number): string[] {
  const senders = [...new Set(cells.map(({ sender }) => sender))];
  const [first, ...others] = senders;
  const rows = [...new Set(cells.map(({ sessions }) => sessions))].map((count) => {
    const cell = (sender: string) => cells.find((each) => each.sender === sender && each.sessions === count)!;
    const total = (sender: string) => rates(cell(sender).samples, count * bytes);
    return [
      String(count),
      ...senders.map((sender) => spread(total(sender), 0)),
      ...others.map((sender) => spread(roundRatios(total(first!), total(sender)), 2)),
      ...senders.map((sender) => spread(cpuPerGigabyte(cell(sender).samples, count * bytes), 1)),
      ...senders.map((sender) => spread(peaks(cell(sender).samples), 0)),
    ];
  });
  const head = [
    "sessions",
    ...senders.map((sender) => `${sender}, Mbit/s`),
    ...others.map((sender) => `÷ ${sender}`),
    ...senders.map((sender) => `${sender}, s/GB`),
    ...senders.map((sender) => `${sender}, peak MB`),
  ];
  return ["", `## Sessions at once, to ${receiver}, in sum`, "", ...table(head, rows)];
}

function seekTable(cells: readonly SeekCell[]): string[] {
  const rows = cells.map(({ sender, receiver, rounds }) => [
    `${sender} to ${receiver}`,
    spread(rounds.map((seeks) => percentile(seeks, 0.5)), 1),
    spread(rounds.map((seeks) => percentile(seeks, 0.95)), 1),
  ]);
  return ["", "## Seek under load, ms to the first message", "", ...table(["", "p50", "p95"], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(line)];
}

function spread(values: readonly number[] | undefined, digits: number): string {
  if (values === undefined) return "–";
  const { median, min, max } = summary(values);
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
