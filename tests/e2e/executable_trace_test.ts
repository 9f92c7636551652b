/** Which files the executable asks the system for, as strace sees it. */
import assert from "node:assert/strict";
import { COMPILED, Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { type PathCall, pathCalls, straceTo } from "../support/system_calls.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;

/** Outside the share, and why; with a slash at the end, all that lies below. What is not here must not be asked for once the program serves. */
const EXCEPTIONS: Record<string, string> = {
  "/dev/sysgenid": "the cryptographic library asks whether it runs in a copy of a virtual machine",
  "/proc/sys/vm/overcommit_memory": "the C library asks, before it gives memory back",
  "/sys/devices/system/cpu/": "the runtime's libraries count processors and ask how fast they are",
  // Where the runtime says that the embedded modules are is below /tmp. executable_root_test.ts puts traps there.
  "/package.json": "the runtime looks whether werift's logging dependency may have a package",
  "/tmp/package.json": "as above",
  "/node_modules": "as above",
  "/tmp/node_modules": "as above",
};

/** Calls that open what they name. */
const OPENING = new Set(["open", "openat", "openat2"]);

/** Calls that ask what a path is. */
const ASKING = new Set(["access", "lstat", "newfstatat", "readlink", "readlinkat", "stat", "statx"]);

const straced = await new Deno.Command("strace", { args: ["--output=/dev/null", "true"] }).output().catch(
  () => undefined,
);

function obstacle(): string {
  if (COMPILED === undefined) return " (set UNARR_TEST_PROGRAM to a compiled program)";
  return straced?.success ? "" : " (needs strace, and the right to trace)";
}

const why = obstacle();

function isReading(name: string, flags: string): boolean {
  return OPENING.has(name) && !/O_(WRONLY|RDWR|CREAT|TRUNC)/.test(flags);
}

/** What must not have been asked for, as the calls' own words. */
function outside(calls: readonly PathCall[], share: string): string[] {
  const isExcepted = (path: string) =>
    Object.keys(EXCEPTIONS).some((known) =>
      path === known || (known.endsWith("/") && path.startsWith(known))
    );
  const isFine = ({ name, path, rest }: PathCall) => {
    if (isExcepted(path) || path === share || path.startsWith(`${share}/`)) {
      return ASKING.has(name) || isReading(name, rest);
    }
    // Making a path canonical takes asking of each folder on the way whether it is a link.
    return ASKING.has(name) && share.startsWith(`${path.replace(/\/$/, "")}/`);
  };
  return calls.filter((call) => !isFine(call)).map(({ name, path, rest }) => `${name} ${path}${rest}`);
}

/** The process that strace runs. */
async function traced(strace: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${strace}/task/${strace}/children`);
  return Number(children.trim().split(" ")[0]);
}

/** Paths of what is listed or found. */
async function ask(channel: FrameChannel, question: Record<string, unknown>): Promise<string[]> {
  const answer = new Promise<string>((resolve) => channel.ontext = resolve);
  channel.send(JSON.stringify(question));
  const { entries } = JSON.parse(await within(30_000, "an answer", answer));
  return entries.map(({ name, path = name }: { name: string; path?: string }) => path);
}

/** A film, and a library with all that it can be asked. */
async function watch(access: { relay: string; token: string }, film: Uint8Array): Promise<void> {
  const single = await Viewer.open({ ...access, stack, filePath: "folder/film.bin" });
  assert.deepEqual(await single.channel.bytes(0, film.length), film);
  await single.viewer.close();
  const { viewer, channel } = await Viewer.start({ ...access, stack });
  await within(30_000, "open", channel.opened);
  assert.deepEqual(await ask(channel, { id: 1, op: "list", path: "" }), ["folder"]);
  assert.deepEqual(await ask(channel, { id: 2, op: "search", query: "film" }), ["folder/film.bin"]);
  const file = viewer.openChannel("file:folder/film.bin");
  await within(30_000, "HELLO", file.hello);
  assert.deepEqual(await file.bytes(7, 100), film.slice(7, 107));
  await viewer.close();
}

Deno.test({
  name: `executable: once it serves, it asks for no file outside the share${why}`,
  ignore: why !== "",
  fn: async () => {
    await using share = await TempDir.make();
    await using notes = await TempDir.make();
    const film = patterned(3 << 20);
    await share.put("folder/film.bin", film);
    const trace = `${notes.path}/trace`;
    await using program = await Program.start(
      // A second engine would be another start: the runtime reads of itself and of the machine for each thread.
      [`--allow-read=${share.path}`, "serve", "--listen", "127.0.0.1:0", "--engines", "1"],
      {},
      { through: straceTo(trace) },
    );
    // It has printed its link: what it does from here on is serving.
    const serves = Date.now();
    const pid = await traced(program.pid);
    try {
      await watch(await program.access(), film);
    } finally {
      // strace ends with what it runs, and would leave it running.
      Deno.kill(pid, "SIGTERM");
    }
    assert.equal((await program.ended()).code, 0);
    const calls = pathCalls(await Deno.readTextFile(trace));
    const afterStart = calls.filter(({ at }) => at >= serves);
    assert.deepEqual(outside(afterStart, share.path), []);
    assert.ok(
      afterStart.some(({ name, path }) => name === "openat" && path === `${share.path}/folder/film.bin`),
    );
    // The start needs its libraries: a trace that did not show them would show nothing else either.
    assert.notDeepEqual(outside(calls, share.path), []);
  },
});
