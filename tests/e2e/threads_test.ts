import assert from "node:assert/strict";
import { type Build, Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;

const FAULTY: Build = { main: "tests/support/threads/faulty_main.ts", flags: ["--no-check"] };
const UNCONFINED: Build = { main: "tests/support/threads/unconfined_main.ts", flags: ["--no-check"] };

function args(dir: TempDir, ...more: string[]): string[] {
  return [`--allow-read=${dir.path}`, "--log-level", "debug", "serve", "--listen", "127.0.0.1:0", ...more];
}

/** Asks for a session that makes a thread misbehave; nobody answers it. */
async function trigger(program: Program, filePath: string): Promise<void> {
  const { relay, token } = await program.access();
  await new RelayHttp(relay, token).createSession({ filePath });
}

/** A new session gets bytes. */
async function serves(program: Program): Promise<void> {
  const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath: "a.bin" });
  assert.deepEqual(await channel.bytes(5_000, 100), patterned(5_100).slice(5_000));
  await viewer.close();
}

Deno.test("threads: four sessions on two engines stream exact bytes at once", async () => {
  await using dir = await TempDir.make();
  const random = seeded(4);
  const size = 16 << 20;
  const files = [0, 1, 2, 3].map(() => seededBytes(random, size));
  for (const [i, file] of files.entries()) await dir.put(`${i}.bin`, file);
  await using program = await Program.start(args(dir, "--engines", "2"));
  const access = await program.access();
  const viewers = await Promise.all(
    files.map((_, i) => Viewer.open({ ...access, stack: STACK_NAMES[i % 2]!, filePath: `${i}.bin` })),
  );
  await program.logged(/engine 2 starts/);
  await within(
    60_000,
    "all films",
    Promise.all(viewers.map(async ({ channel }, i) => {
      const bytes = await channel.bytes(0, size);
      assert.ok(bytes.every((byte, at) => byte === files[i]![at]), `film ${i}`);
    })),
  );
  assert.ok(!program.log.some((line) => /engine 3/.test(line)));
  for (const { viewer } of viewers) await viewer.close();
});

Deno.test("threads: an engine that crashes loses its own sessions, is replaced, and serves new ones", async () => {
  await using dir = await TempDir.make();
  const size = 96 << 20;
  await dir.put("film.bin", new Uint8Array(size).fill(7));
  await dir.put("a.bin", patterned(10_000));
  await dir.put("crash.bin", "x");
  await using program = await Program.start(args(dir, "--engines", "2"), {}, FAULTY);
  const access = await program.access();
  const lost = await Viewer.open({ ...access, stack, filePath: "a.bin" });
  const kept = await Viewer.open({ ...access, stack, filePath: "film.bin" });
  let received = 0;
  const flowing = Promise.withResolvers<void>();
  const film = kept.channel.read(0, 0, (data) => {
    received += data.byteLength;
    if (received > 1 << 20) flowing.resolve();
  });
  await within(20_000, "the film", flowing.promise);
  // Both engines have a session each; of equals it goes to the first.
  await trigger(program, "crash.bin");
  await program.logged(/thread engine 1 crashed: Error: as it was asked to/);
  const crashedAt = performance.now();
  let answered = false;
  void lost.channel.read(0, 10).then(() => answered = true);
  await program.logged(/engine 1 took 2 sessions along/);
  await program.logged(/thread engine 1 runs again/);
  assert.ok(performance.now() - crashedAt < 10_000);
  await serves(program);
  assert.equal(program.log.filter((line) => /engine 1 is given/.test(line)).length, 3, "by the replacement");
  const { status, bytes } = await within(60_000, "the whole film", film);
  assert.deepEqual([status, bytes], [0, size]);
  assert.equal(answered, false);
  assert.equal(program.log.filter((line) => /thread engine 1 crashed/.test(line)).length, 1);
  await kept.viewer.close();
  await lost.viewer.close(true);
});

Deno.test("threads: an engine that spins is replaced", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(10_000));
  await dir.put("spin.bin", "x");
  await using program = await Program.start(args(dir, "--engines", "1"), {}, FAULTY);
  await serves(program);
  await trigger(program, "spin.bin");
  await program.logged(/thread engine 1 is silent/, 30_000);
  await program.logged(/thread engine 1 runs again/);
  await serves(program);
});

Deno.test("threads: SIGTERM ends the program though an engine spins", async () => {
  await using dir = await TempDir.make();
  await dir.put("spin.bin", "x");
  await using program = await Program.start(args(dir), {}, FAULTY);
  await trigger(program, "spin.bin");
  // Placed, then started: from there on the engine hears nothing more.
  await program.logged(/engine 1 is given/);
  program.signal("SIGTERM");
  const { code } = await within(15_000, "the end", program.ended());
  assert.equal(code, 0);
  await program.logged(/thread engine 1 did not stop in time/);
});

Deno.test("threads: a relay that crashes comes back under the same link, films go on meanwhile", async () => {
  await using dir = await TempDir.make();
  const size = 64 << 20;
  await dir.put("film.bin", new Uint8Array(size).fill(7));
  await dir.put("a.bin", patterned(10_000));
  await using program = await Program.start(args(dir), {}, FAULTY);
  const access = await program.access();
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin" });
  const film = channel.read(0, 0);
  await fetch(`${access.relay}/crash`).then((response) => response.body?.cancel(), () => {});
  await program.logged(/thread relay runs again/);
  const page = await fetch(`${access.relay}/healthz`);
  assert.deepEqual(await page.json(), { status: "ok" });
  // The agent finds out by itself, and takes up to a tick of its sync for it.
  await program.logged(/agent registered/, 20_000, 2);
  await serves(program);
  const { status, bytes } = await within(60_000, "the whole film", film);
  assert.deepEqual([status, bytes], [0, size]);
  await viewer.close();
  const ended = program.ended();
  program.signal("SIGTERM");
  assert.equal((await ended).out.trim().split("\n").length, 1, "the link is printed once");
});

Deno.test("threads: an agent that crashes registers again, and no session is lost or doubled", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(10_000));
  await dir.put("agent.bin", patterned(10_000));
  await using program = await Program.start(args(dir), {}, FAULTY);
  const access = await program.access();
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "agent.bin" });
  await program.logged(/thread agent runs again/);
  await program.logged(/registered as/, 20_000, 2);
  assert.deepEqual(await channel.bytes(0, 10), patterned(10));
  await serves(program);
  const starts = program.log.filter((line) => line.includes(`${viewer.sessionId.slice(0, 8)} start`));
  assert.equal(starts.length, 1);
  await viewer.close();
});

Deno.test("threads: a thread that is not confined ends the program with one sentence", async () => {
  await using dir = await TempDir.make();
  const { code, out, err } = await Program.run(args(dir), {}, UNCONFINED);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^thread engine 1 is not confined as it must be: it .*\n$/m);
});

Deno.test("threads: the number of engines is checked", async () => {
  await using dir = await TempDir.make();
  for (const engines of ["0", "65", "2.5", "many"]) {
    const { code, out, err } = await Program.run(args(dir, "--engines", engines));
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^--engines takes a number from 1 to 64, not .*\n$/);
  }
});
