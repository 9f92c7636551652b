import assert from "node:assert/strict";
import { MemoryLog } from "./memory_log.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "memory log: it holds what the process holds, until the process ends",
  ignore,
  async fn() {
    const process = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
    // What it gives back shows that it runs: a process that is still being started holds nothing.
    await process.stdin.getWriter().write(new Uint8Array(1));
    await process.stdout.getReader().read();
    await using log = new MemoryLog(process.pid, 1);
    while (log.samples.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.ok(log.samples.every(({ value }) => value > 100_000));
    assert.equal(log.latest, log.samples.at(-1)!.value);
    process.kill("SIGKILL");
    await process.status;
    await assert.rejects(log.ended, /the program has ended/);
  },
});

Deno.test({
  name: "memory log: disposed, it ends by itself",
  ignore,
  async fn() {
    const log = new MemoryLog(Deno.pid, 60_000);
    await log[Symbol.asyncDispose]();
    await log.ended;
  },
});
