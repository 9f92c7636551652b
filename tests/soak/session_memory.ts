/**
 * Memory of the program by the number of its sessions, idle ones and ones that stream to slow receivers, so
 * that every buffer is full.
 *
 *     deno task soak session_memory [--sessions=32] [--repetitions=3] [--rate=2] [--settle=60]
 *                                   [--engines=1] [--limit=12]
 *
 * `--rate` is each receiver's in Mbit/s, `--settle` the longest wait for steady memory in seconds, `--engines`
 * the most that the program may start, each of which has memory of its own beside its sessions', and
 * `--limit` the MB (10^6 bytes) per session above which it fails: an alarm, about twice what was seen.
 */
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { writeIslands } from "./island_file.ts";
import { MemoryLog } from "./memory_log.ts";
import { openFiles, udpSockets } from "./open_handles.ts";
import { options } from "./options.ts";
import { megabytes, progress, soak } from "./report.ts";
import { SlowViewer } from "./slow_viewer.ts";
import { settled } from "./settled.ts";
import { median, slope } from "./statistics.ts";

const COUNTS = [0, 1, 8, 16, 32];
const MODES = ["idle", "streaming"] as const;
type Mode = typeof MODES[number];

/** More than any receiver can take in the time that a run lasts. */
const FILE_SIZE = 2e9;

interface Settings {
  readonly counts: readonly number[];
  readonly engines: number;
  readonly rate: number;
  readonly settleMs: number;
}

interface Measured {
  /** Bytes, for each count of sessions. */
  readonly steady: readonly number[];
  /** Bytes after all sessions have ended. */
  readonly after: number;
}

/** One program, with more and more sessions. */
async function measure(directory: string, mode: Mode, settings: Settings): Promise<Measured> {
  const { counts, engines, rate, settleMs } = settings;
  await using program = await Program.start([
    ...[`--allow-read=${directory}`, "serve", "--listen", "127.0.0.1:0"],
    ...["--max-sessions", String(Math.max(...counts)), "--engines", String(engines)],
  ]);
  const access = await program.access();
  await using memory = new MemoryLog(program.pid, 500);
  const sockets = await udpSockets(program.pid);
  const viewers: SlowViewer[] = [];
  const steady: number[] = [];
  for (const count of counts) {
    while (viewers.length < count) {
      const stack = STACK_NAMES[viewers.length % STACK_NAMES.length]!;
      const viewer = await SlowViewer.open({ ...access, stack, filePath: "film.bin" }, rate);
      if (mode === "streaming") await viewer.stream();
      viewers.push(viewer);
    }
    steady.push(await settled(memory, settleMs));
    await Promise.all(viewers.map((viewer) => viewer.check(mode === "streaming")));
    progress(`${mode}, ${count} sessions: ${megabytes(steady.at(-1)!)}`);
  }
  await Promise.all(viewers.map((viewer) => viewer.close()));
  const after = await settled(memory, settleMs);
  const left = [await udpSockets(program.pid) - sockets, (await openFiles(program.pid, directory)).length];
  if (left.some((count) => count > 0)) {
    throw new Error(`${left[0]} sockets and ${left[1]} files were left open by ${mode} sessions`);
  }
  progress(`${mode}, after all of them: ${megabytes(after)}`);
  return { steady, after };
}

/** MB per session beyond the first, which brings with it what all have in common. */
function perSession(counts: readonly number[], { steady }: Measured): number {
  const points = counts.map((count, i) => [count, steady[i]! / 1e6] as const);
  return slope(points.filter(([count]) => count > 0));
}

await soak("session memory", async () => {
  const given = options({ sessions: 32, repetitions: 3, rate: 2, settle: 60, engines: 1, limit: 12 });
  const counts = COUNTS.filter((count) => count <= given.sessions);
  if (counts.length < 3) throw new Error(`--sessions is ${COUNTS[2]} at least`);
  await using dir = await TempDir.make();
  await writeIslands(`${dir.path}/film.bin`, FILE_SIZE, 1);
  const { engines, rate } = given;
  const settings = { counts, engines, rate, settleMs: given.settle * 1_000 };
  const results: string[] = [];
  const slopes: number[] = [];
  for (const mode of MODES) {
    const runs: Measured[] = [];
    for (let i = 0; i < given.repetitions; i++) runs.push(await measure(dir.path, mode, settings));
    const of = (value: (run: Measured) => number) => median(runs.map(value));
    const each = runs.map((run) => perSession(counts, run));
    slopes.push(median(each));
    results.push(
      `${median(each).toFixed(2)} MB per ${mode} session (${Math.min(...each).toFixed(2)} to ` +
        `${Math.max(...each).toFixed(2)}; ${
          counts.map((count, i) => `${count}: ${megabytes(of(({ steady }) => steady[i]!))}`).join(", ")
        }, after: ${megabytes(of(({ after }) => after))})`,
    );
  }
  const words = `medians of ${given.repetitions}: ${results.join("; ")}`;
  if (Math.max(...slopes) > given.limit) throw new Error(`${words}: over ${given.limit} MB per session`);
  return words;
});
