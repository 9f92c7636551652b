import assert from "node:assert/strict";
import { ThreadError } from "../../src/thread/thread_spec.ts";
import { within } from "../support/within.ts";
import { Harness } from "./harness.ts";
import { captureLog } from "./log.ts";

Deno.test("supervisor: a thread starts, does what it is told, tells its load and stops", async () => {
  using test = new Harness("obeys");
  assert.equal(await test.thread.start(), "hello");
  test.thread.tell({ echo: "well" });
  assert.deepEqual(await test.hears(2), ["ready: hello", "event: well"]);
  const loaded = async () => {
    while (test.thread.load === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    return test.thread.load;
  };
  const load = await within(10_000, "a pong", loaded());
  assert.deepEqual([load.sessions, load.bytesSent], [3, 1_000]);
  assert.ok(load.delayMs >= 0 && load.delayMs < 5_000);
  await test.thread.stop(5_000);
  assert.ok(test.thread.ended);
  assert.equal(test.heard.length, 2);
});

Deno.test("supervisor: what is told before it is ready is done when it is", async () => {
  using test = new Harness("obeys");
  const ready = test.thread.start();
  test.thread.tell({ echo: "1" });
  test.thread.tell({ echo: "2" });
  await ready;
  assert.deepEqual(await test.hears(3), ["ready: hello", "event: 1", "event: 2"]);
});

for (const death of ["throw", "babble"] as const) {
  Deno.test(`supervisor: a thread that dies is replaced, and it is said once (${death})`, async () => {
    await using log = await captureLog();
    using test = new Harness("obeys");
    await test.thread.start();
    test.thread.tell(death);
    assert.deepEqual(await test.hears(3), ["ready: hello", "lost", "ready: hello"]);
    test.thread.tell({ echo: "again" });
    assert.equal((await test.hears(4)).at(-1), "event: again");
    const said = log.lines.filter((line) =>
      /thread test (crashed: Error: as it was told|sent what)/.test(line)
    );
    assert.equal(said.length, 1, log.lines.join("\n"));
    assert.equal(log.lines.filter((line) => /thread test runs again/.test(line)).length, 1);
  });
}

for (const silence of ["spin", "close", "exit"] as const) {
  Deno.test(`supervisor: a thread that falls silent is replaced (${silence})`, async () => {
    await using log = await captureLog();
    using test = new Harness("obeys");
    await test.thread.start();
    test.thread.tell(silence);
    assert.deepEqual(await test.hears(3), ["ready: hello", "lost", "ready: hello"]);
    assert.equal(log.lines.filter((line) => /thread test is silent/.test(line)).length, 1);
  });
}

Deno.test("supervisor: a thread that never answers a ping is replaced", async () => {
  using test = new Harness("deaf");
  assert.equal(await test.thread.start(), "deaf");
  assert.deepEqual((await test.hears(3)).slice(0, 3), ["ready: deaf", "lost", "ready: deaf"]);
});

Deno.test("supervisor: a rejection that nobody handles is logged, and the thread lives", async () => {
  await using log = await captureLog();
  using test = new Harness("obeys");
  await test.thread.start();
  test.thread.tell("reject");
  await log.has(/unexpected: Error: rejected as it was told/);
  test.thread.tell({ echo: "still here" });
  assert.deepEqual(await test.hears(2), ["ready: hello", "event: still here"]);
});

Deno.test("supervisor: a thread that cannot be started says why, and is not tried again", async () => {
  for (
    const [fixture, settings, sentence] of [
      ["throws_at_load", {}, /^thread test cannot be started: it crashed: Uncaught .*at load/],
      ["refuses", {}, /^the port is taken$/],
      ["missing", {}, /^thread test cannot be started: it crashed: Module not found/],
      ["mute", { startPings: 5 }, /^thread test cannot be started: it did not start in time$/],
    ] as const
  ) {
    using test = new Harness(fixture, settings);
    await assert.rejects(test.thread.start(), (error: ThreadError) => {
      assert.ok(error instanceof ThreadError);
      assert.match(error.message, sentence);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
    assert.ok(test.thread.ended);
    assert.deepEqual(test.heard, []);
  }
});

Deno.test("supervisor: a thread that may do more than it should refuses to serve", async () => {
  using test = new Harness("too_free", {}, { confinement: { read: ["/"], net: false, sys: [] } });
  await assert.rejects(
    test.thread.start(),
    /^ThreadError: thread test is not confined as it must be: it can read the root of the file system$/,
  );
});

Deno.test("supervisor: five replacements that fail end the program", async () => {
  using test = new Harness("dies_soon");
  await test.thread.start();
  const lives = Array.from({ length: 6 }, () => ["ready: hello", "lost"]).flat();
  const fatal = "fatal: thread test cannot be kept running: it crashed: Error: soon";
  lives.splice(-1, 0, fatal);
  assert.deepEqual(await test.hears(13), lives);
  assert.ok(test.thread.ended);
});

Deno.test("supervisor: threads that may still be spinning are not left behind without end", async () => {
  using test = new Harness("obeys", { silences: 1 });
  await test.thread.start();
  test.thread.tell("close");
  await test.hears(3);
  test.thread.tell("close");
  assert.equal((await test.hears(4))[3], "fatal: thread test cannot be kept running: it is silent");
});

Deno.test("supervisor: a thread that does not stop in time is ended", async () => {
  await using log = await captureLog();
  using test = new Harness("obeys");
  await test.thread.start();
  test.thread.tell("cling");
  await within(10_000, "the end", test.thread.stop(100));
  assert.ok(test.thread.ended);
  assert.equal(log.lines.filter((line) => /thread test did not stop in time/.test(line)).length, 1);
});

Deno.test("supervisor: a thread that dies while it stops has stopped", async () => {
  using test = new Harness("obeys");
  await test.thread.start();
  test.thread.tell("throw");
  await within(10_000, "the end", test.thread.stop(60_000));
  assert.deepEqual(test.heard, ["ready: hello"]);
});

Deno.test("supervisor: a thread is not started again once it was stopped", async () => {
  using test = new Harness("obeys", {
    restart: { firstPauseMs: 200, maxPauseMs: 200, quietMs: 60_000, failures: 5, withinMs: 60_000 },
  });
  await test.thread.start();
  test.thread.tell("throw");
  await test.hears(2);
  await test.thread.stop(1_000);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.deepEqual(test.heard, ["ready: hello", "lost"]);
});

Deno.test("thread log: what a thread logs is written by main", async () => {
  await using log = await captureLog();
  using test = new Harness("obeys");
  await test.thread.start();
  test.thread.tell("log");
  await log.has(/film weighs 1\.5/);
  const record = log.records.find(({ category }) => category.join() === "unarr,test")!;
  assert.equal(record.level, "warning");
  assert.deepEqual(record.properties, { name: "a\u0007film", weight: 1.5, nested: '{"a":[1]}' });
});
