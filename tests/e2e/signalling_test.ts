import assert from "node:assert/strict";
import { Box, TestRelay } from "../support/box.ts";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const AGENT = "agent-token-of-the-tests";

Deno.test("signalling: the event stream is cut three times and more in a session, no message is lost or doubled", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(1_000));
  await using box = await Box.start(dir.path, {}, { times: { stream: 400 } });
  const { viewer, channel } = await Viewer.open({ ...box.access, stack: "libwebrtc", filePath: "a.bin" });
  const streams = () => box.requests.filter((request) => request === `GET ${path}/events`).length;
  const path = `/api/internal/stream/signal/${viewer.sessionId}`;
  // Each ICE restart is an offer and its candidates one way, an answer and candidates the other.
  for (let restart = 1; restart <= 4; restart++) {
    const before = streams();
    await within(
      10_000,
      "two more streams of each side",
      (async () => {
        while (streams() < before + 4) await new Promise((resolve) => setTimeout(resolve, 10));
      })(),
    );
    await viewer.offer({ iceRestart: true });
    await within(
      10_000,
      "its answer",
      (async () => {
        while (viewer.answers.length < restart + 1) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
    );
    assert.equal((await within(10_000, "a range", channel.read(0, 0))).bytes, 1_000);
  }
  assert.equal(viewer.answers.length, 5);
  assert.equal(new Set(viewer.answers).size, 5, "no answer came twice");
  assert.ok(streams() >= 16);
  await viewer.close();
});

for (const stack of STACK_NAMES) {
  Deno.test(`defect 1: a relay killed and started again while a film plays; the film goes on (${stack})`, async () => {
    await using dir = await TempDir.make();
    const size = 48 << 20;
    await dir.put("media/film.bin", new Uint8Array(size).fill(7));
    await dir.put("agent-keys", AGENT);
    await dir.put("viewer-keys", "viewer-token-of-the-tests");
    const relayArgs = (port: number) => [
      "relay",
      ...["--listen", `127.0.0.1:${port}`],
      ...["--agent-token-file", `${dir.path}/agent-keys`],
      ...["--viewer-token-file", `${dir.path}/viewer-keys`],
    ];
    const first = await Program.start(relayArgs(0));
    const access = await first.access();
    const port = Number(new URL(access.relay).port);
    await using agent = Program.spawn([
      `--allow-read=${dir.path}/media`,
      "serve",
      ...["--relay", access.relay],
      ...["--api-key-file", `${dir.path}/agent-keys`],
    ]);
    await agent.logged(/registered/);
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin" });
    let received = 0;
    const flowing = Promise.withResolvers<void>();
    const film = channel.read(0, 0, (data) => {
      received += data.byteLength;
      if (received > 4 << 20) flowing.resolve();
    });
    await within(20_000, "4 MiB", flowing.promise);
    await first[Symbol.asyncDispose]();
    await agent.logged(/unreachable/);
    const { status, bytes } = await within(60_000, "the whole film", film);
    assert.deepEqual([status, bytes], [0, size]);
    await using _second = await Program.start(relayArgs(port));
    await agent.logged(/reachable again/);
    // The session is still there, though the relay knows it no more; and a new one can be had.
    assert.equal((await channel.read(1_000, 1_000)).status, 0);
    const again = await Viewer.open({ ...access, stack, filePath: "film.bin" });
    assert.equal((await again.channel.read(0, 10)).status, 0);
    await again.viewer.close();
    await viewer.close(true);
  });
}

Deno.test("signalling: an agent waits for a relay that is not there yet", async () => {
  await using dir = await TempDir.make();
  await dir.put("media/a.bin", "a");
  await dir.put("key", AGENT);
  // A port that was free a moment ago.
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr as Deno.NetAddr;
  probe.close();
  await using agent = Program.spawn([
    `--allow-read=${dir.path}/media`,
    "serve",
    ...["--relay", `http://127.0.0.1:${port}`, "--api-key-file", `${dir.path}/key`],
  ]);
  await agent.logged(/unreachable/);
  await using relay = new TestRelay({}, port);
  await agent.logged(/registered/);
  const { viewer } = await Viewer.open({ ...relay.access, stack: "libdatachannel", filePath: "a.bin" });
  await viewer.close();
});
