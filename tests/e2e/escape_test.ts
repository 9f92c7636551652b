import assert from "node:assert/strict";
import { CAN_FLIP, Flipper } from "../support/flipper.ts";
import { FILM, HostileShare, SECRET } from "../support/hostile_share.ts";
import { Program, TESTED } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { LONG } from "../support/extent.ts";

/** Its labels may be of any length. */
const stack = "libwebrtc";

/** None may take longer to be refused, in milliseconds. */
const REFUSED_MS = 8_000;

/** In a race the processor is busy with it, and only an end that never comes is a fault; in milliseconds. */
const PATIENCE_MS = 30_000;

/** What is swapped for what, and what is opened meanwhile. */
const RACES = [
  ["a file", "folder/inner.bin", "folder/inner.bin", "folder/inner-link.bin"],
  ["a folder", "folder/inner.bin", "folder", "folder-link"],
] as const;

/** A figure or a word for people; nothing depends on it. */
function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function start(share: HostileShare): Promise<Program> {
  return Program.start([`--allow-read=${share.media}`, "serve", "--listen", "127.0.0.1:0"]);
}

/** A session that watches a film, over and over, until it is told to end; every byte is compared. */
async function watching(
  access: { relay: string; token: string },
  overAndOver = true,
): Promise<() => Promise<void>> {
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin" });
  let over = false;
  const film = (async () => {
    do assert.deepEqual(await channel.bytes(0, FILM.length), FILM); while (overAndOver && !over);
  })();
  film.catch(() => {});
  return async () => {
    over = true;
    // One that ended somewhere on the way would not come to the end of another film.
    await within(60_000, "the film beside it", film);
    assert.deepEqual(
      await within(PATIENCE_MS, "more of it", channel.bytes(7, 100_000)),
      FILM.slice(7, 100_007),
    );
    assert.deepEqual(viewer.byes, []);
    await viewer.close();
  };
}

/** The reason of the `bye` that a session for `filePath` ends with. */
async function byeOf(http: RelayHttp, filePath: string): Promise<string> {
  const sessionId = await created(http, filePath);
  const abort = new AbortController();
  for await (const { type, payload } of http.events(sessionId, abort.signal)) {
    if (type !== "bye") continue;
    abort.abort();
    // The relay keeps few sessions for one viewer.
    const { base, headers } = http;
    await fetch(`${base}/api/stream/sessions/${sessionId}`, { method: "DELETE", headers });
    return JSON.parse(payload).reason;
  }
  return "no bye";
}

/** As `createSession`, and waits as long as the relay asks for. */
async function created(http: RelayHttp, filePath: string): Promise<string> {
  for (;;) {
    const response = await fetch(`${http.base}/api/stream/sessions`, {
      method: "POST",
      headers: { ...http.headers, "content-type": "application/json" },
      body: JSON.stringify({ filePath }),
    });
    const { sessionId } = await response.json();
    if (response.status === 201) return sessionId;
    assert.equal(response.status, 429);
    const seconds = Number(response.headers.get("retry-after"));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  }
}

/** What becomes of a file's channel: "refused", or the content that it serves. */
async function fate(file: FrameChannel): Promise<string> {
  const refused = new Promise<string>((resolve) =>
    file.onframe = (frame) => {
      if (frame.type === "RANGE_END" && frame.streamId === 0 && frame.status === 2) resolve("refused");
    }
  );
  const served = file.hello.then(async ({ fileSize }) =>
    new TextDecoder().decode(await file.bytes(0, Math.min(Number(fileSize), 64)))
  );
  // A stack that is busy hears of the refusal and of the close at once, and may tell of the close alone.
  const closed = file.closed.then(() => "refused");
  return await Promise.race([refused, served, closed]);
}

function assertSilent(program: Program, share: HostileShare): void {
  const log = program.log.join("\n");
  for (const word of [share.outside, "secret.bin", "passwd", SECRET]) {
    assert.ok(!log.includes(word), `the log holds ${word}`);
  }
}

Deno.test(`defects 52, 55: no session gets what is not in the share (${TESTED})`, async () => {
  await using share = await HostileShare.make();
  await using program = await start(share);
  const access = await program.access();
  const end = await watching(access);
  const http = new RelayHttp(access.relay, access.token);
  const allowed = new Set(["path-not-allowed", "not-found", "no-video"]);
  for (const path of share.paths) {
    const reason = await within(REFUSED_MS + 20_000, JSON.stringify(path), byeOf(http, path));
    assert.ok(allowed.has(reason), `${JSON.stringify(path)}: ${reason}`);
  }
  // Dots in an overlong form of UTF-8, as bytes: they are no JSON.
  const [head, tail] = ['{"filePath":"', '/outside/secret.bin"}'].map((text) =>
    new TextEncoder().encode(text)
  );
  const overlong = await fetch(`${access.relay}/api/stream/sessions`, {
    method: "POST",
    headers: { ...http.headers, "content-type": "application/json" },
    body: Uint8Array.from([...head!, 0xc0, 0xae, 0xc0, 0xae, ...tail!]),
  });
  assert.equal((await overlong.json()).code, "bad-json");
  assertSilent(program, share);
  await end();
});

Deno.test(`escape: no library channel gets what is not in the share (${TESTED})`, async () => {
  await using share = await HostileShare.make();
  if (!share.hasDevices) report("without the right to make devices, those are not tried");
  await using program = await start(share);
  const access = await program.access();
  const end = await watching(access);
  const { viewer, channel } = await Viewer.start({ ...access, stack });
  await within(15_000, "open", channel.opened);
  // The stack's labels end at a NUL; sessions have tried those paths.
  for (const path of share.paths.filter((path) => !path.includes("\0"))) {
    const file = viewer.openChannel(`file:${path}`);
    assert.equal(await within(REFUSED_MS, JSON.stringify(path), fate(file)), "refused", JSON.stringify(path));
    await within(REFUSED_MS, `the end of ${JSON.stringify(path)}`, file.closed);
  }
  const ask = async (question: Record<string, unknown>) => {
    const answer = new Promise<string>((resolve) => channel.ontext = resolve);
    channel.send(JSON.stringify(question));
    return JSON.parse(await within(REFUSED_MS, "an answer", answer));
  };
  for (const path of share.paths) {
    const { entries, code } = await ask({ id: 1, op: "list", path });
    assert.equal(entries, undefined, JSON.stringify(path));
    assert.ok(["path-not-allowed", "not-found"].includes(code), `${JSON.stringify(path)}: ${code}`);
  }
  const { entries } = await ask({ id: 2, op: "list", path: "" });
  assert.deepEqual(entries.map(({ name }: { name: string }) => name), ["film.bin", "folder"]);
  assert.deepEqual((await ask({ id: 3, op: "search", query: "secret" })).entries, []);
  const good = viewer.openChannel("file:folder/inner.bin");
  assert.equal(await within(10_000, "the good one", fate(good)), "inside");
  assertSilent(program, share);
  await viewer.close();
  await end();
});

/** How long a race lasts, in milliseconds. */
const RACE_MS = LONG ? 30_000 : 10_000;

/** Viewers that open files, and files that each of them opens at once. */
const RACERS = 4;
const FILES_EACH = 8;

/** Opens `path` again and again on channels of one session, until `until`; calls `became` for each. */
async function race(
  access: { relay: string; token: string },
  path: string,
  until: number,
  became: (fate: string) => void,
): Promise<void> {
  const { viewer, channel } = await Viewer.start({ ...access, stack: "libdatachannel" });
  await within(PATIENCE_MS, "open", channel.opened);
  await Promise.all(Array.from({ length: FILES_EACH }, async () => {
    while (performance.now() < until) {
      const file = viewer.openChannel(`file:${path}`);
      became(await within(PATIENCE_MS, "an end", fate(file)));
      file.channel.close();
      await within(PATIENCE_MS, "the close", file.closed);
    }
  }));
  await viewer.close();
}

for (const [what, path, one, other] of RACES) {
  Deno.test({
    name: `defect 52: ${what} that is swapped for a link all the while leads nowhere else (${TESTED})`,
    ignore: !CAN_FLIP,
    fn: async () => {
      await using share = await HostileShare.make();
      await using program = await start(share);
      const access = await program.access();
      // Once: the processor is for the race.
      const end = await watching(access, false);
      await using flipper = await Flipper.start(`${share.media}/${one}`, `${share.media}/${other}`);
      const fates = new Map<string, number>();
      const until = performance.now() + RACE_MS;
      const count = (fate: string) => fates.set(fate, (fates.get(fate) ?? 0) + 1);
      await Promise.all(Array.from({ length: RACERS }, () => race(access, path, until, count)));
      const exchanges = await flipper.stop();
      const opens = [...fates.values()].reduce((sum, count) => sum + count, 0);
      const outside = fates.get(SECRET) ?? 0;
      report(
        `${what}: ${exchanges} swaps, ${opens} opens, ${fates.get("inside") ?? 0} served, ${outside} outside`,
      );
      assert.equal(outside, 0);
      assert.deepEqual([...fates.keys()].filter((fate) => fate !== "inside" && fate !== "refused"), []);
      assert.ok(opens > 100, `${opens} opens are not many`);
      await end();
    },
  });
}
