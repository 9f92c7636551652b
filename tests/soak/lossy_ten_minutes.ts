/**
 * Ten minutes over paths that lose, reorder and double packets, to both real stacks at a time: every range
 * exact, and memory that does not grow.
 *
 *     deno task soak lossy_ten_minutes [--minutes=10]
 */
import { createHash } from "node:crypto";
import { FrameType, HEADER_SIZE } from "../../src/wire/mod.ts";
import { Emulator } from "../support/emulator/emulator.ts";
import { LOSSY } from "../support/emulator/settings.ts";
import { Program } from "../support/program.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { STACK_NAMES, type StackName } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { checkedGrowth } from "./growth_limit.ts";
import { MemoryLog } from "./memory_log.ts";
import { options } from "./options.ts";
import { megabytes, progress, rate, soak } from "./report.ts";

const FILE_SIZE = 64 << 20;
const LARGEST_RANGE = 16 << 20;

/** A range of the largest size takes some 5 s where nothing is wrong. */
const RANGE_MS = 120_000;

const LINE_MS = 30_000;

/** What one viewer has received. */
interface Received {
  readonly stack: StackName;
  ranges: number;
  bytes: number;
}

/** Reads seeded ranges, one after the other, and compares each with the file. */
async function read(
  access: { relay: string; token: string },
  film: Uint8Array,
  received: Received,
  ms: number,
): Promise<string> {
  const { stack } = received;
  const seed = STACK_NAMES.indexOf(stack);
  const random = seeded(seed);
  await using emulator = await Emulator.start({ both: LOSSY }, seed);
  const through = emulator;
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin", through });
  const began = performance.now();
  while (performance.now() - began < ms) {
    const offset = Math.floor(random() * film.byteLength);
    const length = Math.min(film.byteLength - offset, 1 + Math.floor(random() * LARGEST_RANGE));
    await channel.channel.hash(FrameType.RANGE_DATA, HEADER_SIZE);
    const { status } = await within(RANGE_MS, `${stack}: the range`, channel.read(offset, length));
    const { sha256, bytes } = await channel.channel.digest();
    const expected = createHash("sha256").update(film.subarray(offset, offset + length)).digest("hex");
    if (status !== 0 || bytes !== length || sha256 !== expected) {
      throw new Error(`${stack}: ${length} bytes at ${offset} came as ${bytes} others, status ${status}`);
    }
    received.ranges++;
    received.bytes += bytes;
  }
  const goodput = rate(received.bytes, performance.now() - began);
  const { up, down, missed = 0 } = await emulator.counts();
  await viewer.close();
  if (viewer.byes.length > 0) throw new Error(`${stack}: the session ended: ${viewer.byes.join()}`);
  const lost = down.lost + up.lost;
  if (lost === 0) throw new Error(`${stack}: the path lost nothing`);
  const share = (100 * lost / (down.given + up.given)).toFixed(1);
  progress(
    `${stack}: ${down.given} packets to it, ${up.given} from it, ${share} % lost, ${missed} missed, ` +
      `${down.late + up.late} late`,
  );
  return `${received.ranges} ranges, ${megabytes(received.bytes)} exact at ${stack} (${goodput})`;
}

await soak("lossy ten minutes", async () => {
  const { minutes } = options({ minutes: 10 });
  const film = seededBytes(seeded(64), FILE_SIZE);
  await using dir = await TempDir.make();
  await dir.put("film.bin", film);
  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const access = await program.access();
  await using memory = new MemoryLog(program.pid);
  const all: Received[] = STACK_NAMES.map((stack) => ({ stack, ranges: 0, bytes: 0 }));
  const before = all.map(() => 0);
  const lines = setInterval(() => {
    const rates = all.map(({ stack, bytes }, i) => {
      const since = rate(bytes - before[i]!, LINE_MS);
      before[i] = bytes;
      return `${stack} ${since}`;
    });
    const seconds = Math.round(memory.samples.at(-1)!.at / 1_000);
    progress(`${seconds} s: ${rates.join(", ")}, ${megabytes(memory.latest)} held`);
  }, LINE_MS);
  try {
    const streams = all.map((received) => read(access, film, received, minutes * 60_000));
    const results = await Promise.race([
      Promise.all(streams),
      memory.ended.then(() => Promise.reject(new Error("the memory log ended"))),
    ]);
    return `${results.join("; ")}; ${checkedGrowth(memory.samples)}`;
  } finally {
    clearInterval(lines);
  }
});
