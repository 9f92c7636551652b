/**
 * Mbit/s from the program to real receivers, each in a process of its own, in alternating rounds.
 *
 *     deno task bench [--rounds=5] [--mebibytes=64]
 *
 * Figures of one run can be compared with each other; between runs and machines only their ratios can.
 */
import { FrameType, HEADER_SIZE, MAX_CHUNK } from "../src/wire/mod.ts";
import { Program } from "../tests/support/program.ts";
import { STACK_NAMES } from "../tests/support/stacks.ts";
import { TempDir } from "../tests/support/temp_dir.ts";
import { Viewer } from "../tests/support/viewer.ts";
import { ChromiumReceiver } from "./chromium_receiver.ts";

const MIB = 1 << 20;

function option(name: string, otherwise: number): number {
  const found = Deno.args.find((arg) => arg.startsWith(`--${name}=`));
  const value = found === undefined ? otherwise : Number(found.slice(name.length + 3));
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number`);
  return value;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const rounds = option("rounds", 5);
const size = option("mebibytes", 64) * MIB;

await using dir = await TempDir.make();
{
  using file = await Deno.open(`${dir.path}/film.bin`, { write: true, create: true });
  for (let at = 0; at < size; at += 65_536) await file.write(crypto.getRandomValues(new Uint8Array(65_536)));
}
await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
const access = await program.access();

type Receive = () => Promise<number>;
const receivers: [string, Receive][] = STACK_NAMES.map((stack) => [stack, async () => {
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin" });
  // Counted where it arrives: passing the bytes on would cost more than receiving them.
  await channel.channel.sink(FrameType.RANGE_DATA);
  const before = await channel.channel.received();
  const began = performance.now();
  await channel.read(0, 0);
  const seconds = (performance.now() - began) / 1_000;
  const messages = Math.ceil(size / MAX_CHUNK);
  const bytes = await channel.channel.received() - before - messages * HEADER_SIZE - (HEADER_SIZE + 4);
  await viewer.close();
  if (bytes !== size) throw new Error(`${bytes} bytes instead of ${size}`);
  return bytes * 8 / seconds / 1e6;
}]);
await using chromium = await ChromiumReceiver.start(access);
if (chromium !== undefined) receivers.push(["Chromium", () => chromium.receive("film.bin", size)]);

const results = new Map<string, number[]>(receivers.map(([name]) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, receive] of receivers) results.get(name)!.push(await receive());
}

const base = median(results.values().next().value!);
const lines = [`${size / MIB} MiB, ${rounds} alternating rounds, ${navigator.hardwareConcurrency} cores`];
for (const [name, values] of results) {
  const middle = median(values);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0));
  lines.push(
    `${name.padEnd(16)} ${middle.toFixed(0).padStart(5)} Mbit/s (${low} to ${high})  ${
      (middle / base).toFixed(2)
    } × ${STACK_NAMES[0]}`,
  );
}
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
