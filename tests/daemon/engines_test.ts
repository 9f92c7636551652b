import assert from "node:assert/strict";
import { Engines } from "../../src/daemon/engines.ts";
import { PROGRAM_FILES } from "../../src/program/program_files.ts";
import { Supervisor } from "../../src/thread/supervisor.ts";
import { AGENT_TOKEN, TestRelay } from "../support/box.ts";
import { BoxLinks } from "../support/box_links.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
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

Deno.test("engines: a session that had a proof is not begun again on any of them, though others would be", async () => {
  await using log = await captureLog();
  await using dir = await TempDir.make();
  await dir.put("a.bin", "film");
  await using relay = new TestRelay();
  const links = new BoxLinks();
  const supervisor = new Supervisor({ logLevel: "debug", onfatal: assert.fail });
  let now = 0;
  const engines = new Engines({
    supervisor,
    url: PROGRAM_FILES.threads.engine,
    limits: { maxSessions: 8, maxPerViewer: 4, maxEngines: 2, webrtc: true },
    options: {
      roots: [dir.path],
      base: relay.base,
      token: AGENT_TOKEN,
      version: "0.0.0",
      iceServers: [],
      crypto: "auto",
      secret: links.key.secret,
      access: { proofRequired: true, revoked: [] },
    },
    now: () => now,
  });
  try {
    await engines.start();
    for (const call of ["register", "sync"]) {
      const response = await fetch(`${relay.base}/api/internal/agent/${call}`, {
        method: "POST",
        headers: { authorization: `Bearer ${AGENT_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ agentId: "box", name: "box", os: "linux", arch: "amd64", version: "0.0.0" }),
      });
      assert.equal(response.status, 200, await response.text());
    }
    const options = { ...relay.access, stack: "libdatachannel", filePath: "a.bin" } as const;
    const proven = await Viewer.start({ ...options, prove: links.prover().prove });
    const dispatch = ({ sessionId }: Viewer) => engines.dispatch({ sessionId, filePath: "a.bin" });
    dispatch(proven.viewer);
    await within(30_000, "HELLO", proven.channel.hello);
    await proven.viewer.close();
    const unproven = await Viewer.start(options);
    dispatch(unproven.viewer);
    assert.equal(await within(30_000, "the bye", unproven.viewer.bye), "not-authorised");
    await unproven.viewer.close(true);
    await within(30_000, "the end of both", noSession(engines));

    const given = () => log.lines.filter((line) => /is given/.test(line)).length;
    assert.equal(given(), 2);
    now = 20 * MINUTE - 1;
    dispatch(proven.viewer);
    assert.equal(given(), 2);
    dispatch(unproven.viewer);
    assert.equal(given(), 3);
    await engines.stop();
  } finally {
    supervisor.close();
  }
});
