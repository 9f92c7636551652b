/**
 * One file of 10 GB (10^10 bytes) over one channel: every byte exact, and memory that does not grow.
 *
 *     deno task soak ten_gigabytes [--gigabytes=10]
 */
import { FrameType, HEADER_SIZE } from "../../src/wire/mod.ts";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { checkedGrowth } from "./growth_limit.ts";
import { hashOfFile, writeIslands } from "./island_file.ts";
import { MemoryLog } from "./memory_log.ts";
import { options } from "./options.ts";
import { megabytes, progress, rate, soak } from "./report.ts";

const SEED = 10;

/** Time between lines of progress; one in which nothing arrives is the end, in ms. */
const LOOK_MS = 30_000;

/** Rejects when nothing arrives for {@link LOOK_MS}. */
async function watch(channel: FrameChannel, memory: MemoryLog, signal: AbortSignal): Promise<never> {
  const began = performance.now();
  for (let before = 0;;) {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, LOOK_MS);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
    const bytes = await channel.channel.received();
    if (bytes === before) throw new Error(`nothing arrived for ${LOOK_MS / 1_000} s after ${bytes} bytes`);
    before = bytes;
    const ms = performance.now() - began;
    progress(
      `${Math.round(ms / 1_000)} s: ${megabytes(bytes)}, ${rate(bytes, ms)}, ${
        megabytes(memory.latest)
      } held`,
    );
  }
}

await soak("ten gigabytes", async () => {
  const { gigabytes } = options({ gigabytes: 10 });
  const size = Math.round(gigabytes * 1e9);
  await using dir = await TempDir.make();
  const path = `${dir.path}/film.bin`;
  await writeIslands(path, size, SEED);
  const expected = await hashOfFile(path);
  progress(`${megabytes(size)} written and hashed`);

  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const access = await program.access();
  const { viewer, channel } = await Viewer.open({ ...access, stack: "libdatachannel", filePath: "film.bin" });
  // Hashed where it arrives: passing the bytes on would cost more than receiving them.
  await channel.channel.hash(FrameType.RANGE_DATA, HEADER_SIZE);
  await using memory = new MemoryLog(program.pid);
  const stop = new AbortController();
  const began = performance.now();
  const lost = viewer.bye.then((reason) => {
    throw new Error(`the session ended: ${reason}`);
  });
  const { status } = await Promise.race([
    channel.read(0, 0),
    watch(channel, memory, stop.signal),
    memory.ended.then(() => Promise.reject(new Error("the memory log ended"))),
    lost,
  ]);
  const ms = performance.now() - began;
  stop.abort();
  const { sha256, bytes } = await channel.channel.digest();
  await viewer.close();
  if (status !== 0) throw new Error(`the range ended with status ${status}`);
  if (bytes !== size) throw new Error(`${bytes} bytes arrived instead of ${size}`);
  if (sha256 !== expected) throw new Error(`${bytes} bytes arrived, but not those of the file`);
  return `${megabytes(bytes)} exact in ${Math.round(ms / 1_000)} s (${rate(bytes, ms)}); ${
    checkedGrowth(memory.samples)
  }`;
});
