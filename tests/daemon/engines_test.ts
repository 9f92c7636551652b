import assert from "node:assert/strict";
import { Engines } from "../../src/daemon/engines.ts";
import { PROGRAM_FILES } from "../../src/program/program_files.ts";
import { Supervisor } from "../../src/thread/supervisor.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { captureLog } from "../thread/log.ts";

const MINUTE = 60_000;

async function noSession(engines: Engines): Promise<void> {
  while (engines.sessions > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("engines: a second one starts when it is needed, and ends when it was idle for five minutes", async () => {
  await using log = await captureLog();
  await using dir = await TempDir.make();
  const supervisor = new Supervisor({ logLevel: "debug", onfatal: assert.fail });
  let now = 0;
  const engines = new Engines({
    supervisor,
    url: PROGRAM_FILES.threads.engine,
    limits: { maxSessions: 8, maxPerViewer: 4, maxEngines: 2, webrtc: true },
    options: {
      roots: [dir.path],
      // Nobody is there: each session ends by itself, as its file is missing.
      base: "http://127.0.0.1:1",
      token: "agent-token-of-the-tests",
      version: "0.0.0",
      iceServers: [],
      crypto: "auto",
      secret: new Uint8Array(32).fill(7),
      access: { proofRequired: false, revoked: [] },
    },
    now: () => now,
  });
  try {
    await engines.start();
    for (const sessionId of ["first", "second"]) engines.dispatch({ sessionId, filePath: "missing" });
    await log.has(/engine 2 starts/);
    await within(10_000, "the end of both", noSession(engines));
    now = 5 * MINUTE - 1;
    engines.trim();
    assert.ok(!log.lines.some((line) => /ends: nobody/.test(line)));
    now = 5 * MINUTE;
    engines.trim();
    assert.deepEqual(log.lines.filter((line) => /ends: nobody/.test(line)), [
      "engine 2 ends: nobody needs it",
    ]);
    engines.dispatch({ sessionId: "third", filePath: "missing" });
    await log.has(/engine 1 is given third/);
    await within(10_000, "the end of the third", noSession(engines));
    assert.equal(log.lines.filter((line) => /engine 2 starts/.test(line)).length, 1);
    await engines.stop();
  } finally {
    supervisor.close();
  }
});
