import assert from "node:assert/strict";
import { openFiles, udpSockets } from "../soak/open_handles.ts";
import { Program, residentBytes } from "../support/program.ts";
import { OwnStack, STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer, type ViewerOptions } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { FULL, LONG } from "../support/extent.ts";

const SESSIONS = LONG ? 1_000 : FULL ? 300 : 60;
const DEATHS = 24;

/** Sessions before it is looked: code is compiled, connections to the relay are kept for the next ones. */
const WARM_UP = Math.max(20, SESSIONS / 10);

/** What may differ: a share of an engine's heap in use, and bytes outside it, where messages are kept for reuse. */
const HEAP_LIMIT = 0.05;
const EXTERNAL_LIMIT = 8e6;

/** Only Linux tells what a process has open. */
const ignore = Deno.build.os !== "linux";

/** As `/proc/net/tcp` writes it. */
const ESTABLISHED = "01";

/** What a program has open. */
interface Open {
  readonly udp: number;
  /** Connections to and from the relay, which both sides keep for the next call, for 90 s. */
  readonly tcp: number;
  /** Files of the share. */
  readonly files: number;
  /** All the rest. */
  readonly others: number;
}

/** Connections that are kept, at most: of agent and engine, of the tests' viewers, each with two ends. */
const KEPT = 24;

async function openIn({ pid }: Program, directory: string): Promise<Open> {
  const connections = new Set<string>();
  for (const line of Deno.readTextFileSync(`/proc/${pid}/net/tcp`).trim().split("\n").slice(1)) {
    const [, , , state, ...rest] = line.trim().split(/\s+/);
    if (state === ESTABLISHED) connections.add(`socket:[${rest[5]}]`);
  }
  const all = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => linkOf(`/proc/${pid}/fd/${name}`));
  const udp = await udpSockets(pid);
  const tcp = all.filter((target) => connections.has(target)).length;
  const files = (await openFiles(pid, directory)).length;
  return { udp, tcp, files, others: all.length - udp - tcp - files };
}

/** What a descriptor stands for; "" for one that has been closed meanwhile. */
function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

/** Waits until what is open is what was before. */
async function settles(program: Program, directory: string, before: Open): Promise<Open> {
  const began = performance.now();
  for (;;) {
    const open = await openIn(program, directory);
    const isSettled = open.udp === before.udp && open.files === before.files && open.tcp <= KEPT &&
      open.others <= before.others;
    if (isSettled) return open;
    if (performance.now() - began > 60_000) {
      throw new Error(`${JSON.stringify(open)} is left open, not ${JSON.stringify(before)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** As {@link Viewer.open}; waits where the relay has made many sessions already. */
async function open(options: ViewerOptions) {
  for (;;) {
    try {
      return await Viewer.open(options);
    } catch (error) {
      if (!/POST sessions: 429/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function start(directory: string): Promise<Program> {
  return Program.start([
    ...[`--allow-read=${directory}`, "serve", "--listen", "127.0.0.1:0"],
    ...["--engines", "1", "--max-sessions", String(DEATHS + 8), "--log-level", "debug"],
  ]);
}

const ENDED = / end: /;
const COLLECTED = /memory collected: (\d+) bytes of heap are in use, (\d+) outside/;

/** Bytes, when nobody watches and an engine has collected what was left. */
interface Memory {
  readonly heap: number;
  readonly external: number;
  /** Of the process; what is freed of it depends on the order in which it was used. */
  readonly resident: number;
}

async function idleMemory(program: Program): Promise<Memory> {
  const last = program.log.findLastIndex((text) => ENDED.test(text));
  const before = program.log.slice(0, last).filter((text) => COLLECTED.test(text)).length;
  const [, heap, external] = COLLECTED.exec(await program.logged(COLLECTED, 60_000, before + 1))!;
  return { heap: Number(heap), external: Number(external), resident: await residentBytes(program.pid) };
}

function assertSame(before: Memory, after: Memory): void {
  const heap = after.heap / before.heap - 1;
  assert.ok(heap < HEAP_LIMIT, `the heap in use grew by ${(100 * heap).toFixed(1)} %`);
  const external = after.external - before.external;
  assert.ok(external < EXTERNAL_LIMIT, `memory outside the heap grew by ${megabytes(external)}`);
}

function words({ heap, external, resident }: Memory): string {
  return `${megabytes(heap)} of heap, ${megabytes(external)} outside, ${megabytes(resident)} resident`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

Deno.test({
  name: `leaks: ${SESSIONS} sessions one after another leave nothing open, and memory as it was`,
  ignore,
  timeout: 20 * 60_000,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("film.bin", new Uint8Array(1 << 20).fill(7));
    await using program = await start(dir.path);
    const access = await program.access();
    const one = async (i: number) => {
      const stack = STACK_NAMES[i % STACK_NAMES.length]!;
      const { viewer, channel } = await open({ ...access, stack, filePath: "film.bin" });
      assert.equal((await within(30_000, "a range", channel.read(0, 0))).bytes, 1 << 20);
      // As the player does: the relay forgets it, too.
      const gone = await fetch(`${access.relay}/api/stream/sessions/${viewer.sessionId}`, {
        method: "DELETE",
        headers: viewer.http.headers,
      });
      assert.ok(gone.ok);
      await gone.body?.cancel();
      await viewer.close(true);
    };
    for (let i = 0; i < WARM_UP; i++) await one(i);
    await program.logged(ENDED, 60_000, WARM_UP);
    const first = await idleMemory(program);
    const before = await openIn(program, dir.path);
    for (let i = 0; i < SESSIONS; i++) await one(i);
    await program.logged(ENDED, 60_000, WARM_UP + SESSIONS);
    const after = await settles(program, dir.path, before);
    const second = await idleMemory(program);
    // deno-lint-ignore no-console -- for whoever runs the tests
    console.log(
      `${SESSIONS} sessions: ${JSON.stringify(before)} open before, ${JSON.stringify(after)} after; memory ` +
        `${words(first)} before, ${words(second)} after`,
    );
    assert.deepEqual([after.udp, after.files], [0, 0]);
    assertSame(first, second);
  },
});

Deno.test({
  name: `leaks: ${DEATHS} viewers that die in the middle of a film leave nothing open`,
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("film.bin", new Uint8Array(256 << 20));
    await using program = await start(dir.path);
    const access = await program.access();
    const die = async (i: number) => {
      const stack = STACK_NAMES[i % STACK_NAMES.length]!;
      await using process = new OwnStack(stack);
      const { viewer, channel } = await open({ ...access, stack, process, filePath: "film.bin" });
      const flowing = Promise.withResolvers<void>();
      void channel.read(0, 0, () => flowing.resolve());
      await within(30_000, "the film", flowing.promise);
      await process.kill();
      await viewer.close(true);
    };
    const ended = (count: number) => program.logged(ENDED, 120_000, count);
    await die(0);
    await die(1);
    await ended(2);
    const before = await openIn(program, dir.path);
    const memory = [await idleMemory(program)];
    // Those of a round are held at once until they are given up: the second needs no more than the first.
    for (const round of [1, 2]) {
      for (let i = 0; i < DEATHS / 2; i++) await die(i);
      await ended(2 + round * DEATHS / 2);
      memory.push(await idleMemory(program));
    }
    const after = await settles(program, dir.path, before);
    // deno-lint-ignore no-console -- for whoever runs the tests
    console.log(
      `${DEATHS} deaths: ${JSON.stringify(before)} open before, ${JSON.stringify(after)} after; memory ` +
        `${memory.map(words).join("; ")} before, after half of them and after all`,
    );
    assert.deepEqual([after.udp, after.files], [0, 0]);
    assertSame(memory[1]!, memory[2]!);
  },
});
