import assert from "node:assert/strict";
import { Box } from "../support/box.ts";
import { Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { STACK_NAMES, type StackName, STACKS } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack: StackName = "libdatachannel";

async function ended(box: Box): Promise<void> {
  await within(
    10_000,
    "the end of all sessions",
    (async () => {
      while (box.agent.sessions.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    })(),
  );
}

/** The reason of the bye in a session that only listens. */
async function byeOf(box: Box, filePath: string, send: [string, string][] = []): Promise<string> {
  const http = new RelayHttp(box.access.relay, box.access.token);
  const id = await http.createSession({ filePath });
  for (const [type, payload] of send) await http.post(id, type, payload);
  const stop = new AbortController();
  const first = async () => {
    for await (const { type, payload } of http.events(id, stop.signal)) {
      if (type === "bye") return payload === "" ? "" : JSON.parse(payload).reason as string;
    }
    throw new Error("the stream ended");
  };
  try {
    return await within(10_000, "the bye", first());
  } finally {
    stop.abort();
  }
}

Deno.test("defect 10: a session that is refused is told why", async () => {
  await using dir = await TempDir.make();
  await dir.put("empty/readme.txt", "no film");
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const reasons: Record<string, string> = {};
  for (const path of ["missing.mp4", "../a.mp4", "/etc/passwd", ".hidden", "empty"]) {
    reasons[path] = await byeOf(box, path);
  }
  assert.deepEqual(reasons, {
    "missing.mp4": "not-found",
    "../a.mp4": "path-not-allowed",
    "/etc/passwd": "path-not-allowed",
    ".hidden": "path-not-allowed",
    "empty": "no-video",
  });
});

for (
  const [what, payload] of [
    ["no JSON", "v=0"],
    ["no SDP", JSON.stringify({ type: "offer", sdp: "hello" })],
    ["no offer", JSON.stringify({ type: "answer", sdp: "v=0" })],
  ] as const
) {
  Deno.test(`session: an offer that is ${what} gets bye bad-offer`, async () => {
    await using dir = await TempDir.make();
    await dir.put("a.mp4", "film");
    await using box = await Box.start(dir.path);
    assert.equal(await byeOf(box, "a.mp4", [["offer", payload]]), "bad-offer");
  });
}

Deno.test("defect 14: without an offer the session ends and says so", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path, { limits: { offerMs: 200 } });
  assert.equal(await byeOf(box, "a.mp4"), "connect-timeout");
  await ended(box);
});

Deno.test("defect 15: without a channel the session ends and says so", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path, { limits: { connectMs: 300 } });
  const peer = STACKS.libwebrtc();
  peer.createDataChannel("file");
  const offer = await peer.createOffer();
  const payload = JSON.stringify({ type: "offer", sdp: offer.sdp });
  assert.equal(await byeOf(box, "a.mp4", [["offer", payload]]), "connect-timeout");
  await ended(box);
  peer.close();
});

Deno.test("defect 16: DTLS that fails over a working pair ends the session", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const { viewer } = await Viewer.start({
    ...box.access,
    stack: "libwebrtc",
    filePath: "a.mp4",
    mapOffer: (sdp) =>
      sdp.replace(/(a=fingerprint:sha-256 )(..)/, (_, head, byte) => head + (byte === "00" ? "01" : "00")),
  });
  // Long before the 30 s of the deadline: the handshake itself is watched.
  assert.equal(await within(8_000, "the bye", viewer.bye), "connect-timeout");
  await viewer.close(true);
  await ended(box);
});

Deno.test("defect 2: candidates that are none are skipped", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const { viewer, channel } = await Viewer.start({ ...box.access, stack, filePath: "a.mp4" });
  const bad = [
    "not JSON",
    "{}",
    JSON.stringify({ candidate: "candidate:nonsense" }),
    JSON.stringify({ candidate: "candidate:1 1 udp 1 not-an-address.local 5 typ host" }),
    JSON.stringify({ candidate: "candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active" }),
    JSON.stringify({ candidate: 7 }),
    JSON.stringify({ candidate: "" }),
  ];
  for (const payload of bad) await viewer.http.post(viewer.sessionId, "candidate", payload);
  await within(15_000, "HELLO", channel.hello);
  for (const payload of bad) await viewer.http.post(viewer.sessionId, "candidate", payload);
  assert.equal((await channel.read(0, 0)).status, 0);
  await viewer.close();
});

for (const name of STACK_NAMES) {
  Deno.test(`defects 3, 6: candidates before the offer are used, a repeated offer is answered again (${name})`, async () => {
    await using dir = await TempDir.make();
    await dir.put("a.mp4", "film");
    await using box = await Box.start(dir.path);
    const { viewer, channel } = await Viewer.start({
      ...box.access,
      stack: name,
      filePath: "a.mp4",
      candidatesFirst: true,
      dropAnswers: 1,
    });
    await within(15_000, "HELLO", channel.hello);
    assert.ok(viewer.messages.filter((type) => type === "answer").length >= 2);
    assert.equal(new Set(viewer.answers).size, 1, "the same answer each time");
    assert.equal(viewer.messages[0], "answer", "defect 5: the answer comes first");
    await viewer.close();
  });
}

Deno.test("defect 21: a second channel is closed, the first goes on", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.mp4" });
  const second = viewer.openChannel("another");
  await within(5_000, "its end", second.closed);
  assert.equal((await channel.read(0, 0)).bytes, 4);
  await viewer.close();
});

Deno.test("defect 22: a channel out of order is closed, one in order is served after it", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const { viewer, channel } = await Viewer.start({
    ...box.access,
    stack,
    filePath: "a.mp4",
    channel: { ordered: false },
  });
  await within(15_000, "its end", channel.closed);
  const second = viewer.openChannel("file", { ordered: true });
  assert.equal((await within(5_000, "HELLO", second.hello)).fileSize, 4n);
  await viewer.close();
});

Deno.test("defect 24: a viewer that has nothing but loopback connects", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const { viewer } = await Viewer.open({
    ...box.access,
    stack: "libwebrtc",
    filePath: "a.mp4",
    onlyCandidates: (candidate) => / 127\.0\.0\.1 /.test(candidate),
  });
  await viewer.close();
});

Deno.test("session: bye from the viewer ends it at once, before an offer too", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path);
  const http = new RelayHttp(box.access.relay, box.access.token);
  const id = await http.createSession({ filePath: "a.mp4" });
  await within(5_000, "the session", started(box, 1));
  await http.post(id, "bye", "");
  await ended(box);
  const { viewer } = await Viewer.open({ ...box.access, stack, filePath: "a.mp4" });
  await viewer.http.post(viewer.sessionId, "bye", "");
  await ended(box);
  await viewer.close(true);
});

for (const name of STACK_NAMES) {
  Deno.test(`session: a viewer that closes its connection without a word ends it (${name})`, async () => {
    await using dir = await TempDir.make();
    await dir.put("a.mp4", "film");
    await using box = await Box.start(dir.path);
    const { viewer } = await Viewer.open({ ...box.access, stack: name, filePath: "a.mp4" });
    await viewer.close(true);
    await ended(box);
  });
}

Deno.test("defect 19: a viewer that asks nothing for too long is let go", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using box = await Box.start(dir.path, { limits: { idleMs: 300 } });
  const { viewer } = await Viewer.open({ ...box.access, stack, filePath: "a.mp4" });
  assert.equal(await within(5_000, "the bye", viewer.bye), "connection-lost");
  await viewer.close(true);
  await ended(box);
});

Deno.test("defect 23: SIGTERM says bye to every viewer, deregisters and ends with 0", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.mp4", "film");
  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath: "a.mp4" });
  const began = performance.now();
  program.signal("SIGTERM");
  assert.equal(await within(5_000, "the bye", viewer.bye), "shutdown");
  await within(5_000, "the channel's end", channel.closed);
  const { code } = await within(10_000, "the end", program.ended());
  assert.equal(code, 0);
  assert.ok(performance.now() - began < 8_000);
  await viewer.close(true);
});

async function started(box: Box, count: number): Promise<void> {
  while (box.agent.sessions.count < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
