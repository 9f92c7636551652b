/** Relays that share a Redis, as processes that are killed: no message, no session and no film is lost. */
import assert from "node:assert/strict";
import { SignalLink } from "../../src/signal/link.ts";
import { freePort } from "../support/free_port.ts";
import { Program } from "../support/program.ts";
import { RedisServer } from "../support/redis_server.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TcpForwarder } from "../support/tcp_forwarder.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const AGENT = "agent-token-of-the-tests";
const VIEWER = "viewer-token-of-the-tests";
const PASSWORD = "password-of-the-tests-redis";
const PATIENCE_MS = 120_000;

const ignore = !await RedisServer.installed() && !FULL;

/** A folder of media, and files of keys. */
async function prepare(): Promise<TempDir> {
  const dir = await TempDir.make();
  await dir.put("media/film.bin", new Uint8Array(8 << 20).fill(7));
  await dir.put("agent-keys", `${AGENT} home\n`);
  await dir.put("own-key", AGENT);
  await dir.put("viewer-keys", `other-viewer-of-the-tests\n${VIEWER} home\n`);
  await dir.put("password", `${PASSWORD}\n`);
  return dir;
}

function relay(dir: TempDir, redis: RedisServer, ...more: string[]): Promise<Program> {
  return Program.start([
    "relay",
    ...["--listen", "127.0.0.1:0", "--log-level", "debug"],
    ...["--agent-token-file", `${dir.path}/agent-keys`],
    ...["--viewer-token-file", `${dir.path}/viewer-keys`],
    ...["--store", redis.url, "--store-password-file", `${dir.path}/password`],
    ...more,
  ]);
}

async function portOf(program: Program): Promise<number> {
  return Number(new URL((await program.access()).relay).port);
}

function box(dir: TempDir, base: string): Program {
  return Program.spawn([
    `--allow-read=${dir.path}/media`,
    "serve",
    ...["--relay", base, "--api-key-file", `${dir.path}/own-key`, "--log-level", "debug"],
  ]);
}

/** Reads a film over and over until it is told to end. */
function watching(channel: FrameChannel): { end(): Promise<number> } {
  let bytes = 0;
  let over = false;
  const film = (async () => {
    do {
      const { status } = await channel.read(0, 1 << 20, ({ byteLength }) => bytes += byteLength);
      assert.equal(status, 0);
      // The test needs time of the machine, too.
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (!over);
  })();
  film.catch(() => {});
  return {
    end: async () => {
      over = true;
      await within(PATIENCE_MS, "the end of the film", film);
      return bytes;
    },
  };
}

Deno.test(
  "many relays: the box is at one, the viewer at another, and the film plays",
  { ignore },
  async () => {
    await using dir = await prepare();
    await using redis = await RedisServer.start({ password: PASSWORD });
    await using first = await relay(dir, redis);
    await using second = await relay(dir, redis);
    await using ours = box(dir, (await first.access()).relay);
    await ours.logged(/registered as/);
    const { relay: base } = await second.access();
    for (const stack of STACK_NAMES) {
      const { viewer, channel } = await Viewer.open({
        relay: base,
        token: VIEWER,
        stack,
        filePath: "film.bin",
      });
      assert.equal((await channel.bytes(1_000, 1 << 20)).byteLength, 1 << 20);
      await viewer.close();
    }
    for (const program of [first, second]) {
      assert.ok(
        !program.log.some((line) => line.includes(PASSWORD) || line.includes(AGENT)),
        "no secret is logged",
      );
    }
  },
);

Deno.test("many relays: each is killed in the middle of what two sides say; nothing is lost or doubled", {
  ignore,
}, async () => {
  await using dir = await prepare();
  await using redis = await RedisServer.start({ password: PASSWORD });
  const relays = [await relay(dir, redis), await relay(dir, redis)];
  const ports = await Promise.all(relays.map(portOf));
  // Behind addresses that stay: the agent begins at the first relay, the viewer at the second.
  await using agentSide = new TcpForwarder(ports[0]!);
  await using viewerSide = new TcpForwarder(ports[1]!);
  try {
    const agent = { authorization: `Bearer ${AGENT}`, "content-type": "application/json" };
    const synced = await fetch(`${agentSide.base}/api/internal/agent/sync`, {
      method: "POST",
      headers: agent,
      body: JSON.stringify({ agentId: "box", tasks: [] }),
    });
    await synced.body?.cancel();
    const sessionId = await new RelayHttp(viewerSide.base, VIEWER).createSession({ agentId: "box" });
    const heard = { agent: [] as string[], browser: [] as string[] };
    const count = 120;
    let progress = Promise.withResolvers<void>();
    const side = (role: "agent" | "browser", base: string, token: string) => {
      const link = new SignalLink({
        base,
        token,
        sessionId,
        role,
        settings: { giveUpMs: PATIENCE_MS, error: { firstMs: 50, maxMs: 500 } },
      });
      link.onmessage = ({ payload }) => {
        heard[role].push(payload);
        progress.resolve();
        progress = Promise.withResolvers();
      };
      link.onfailure = (failure) => assert.fail(failure.message);
      link.start();
      return link;
    };
    const links = [side("agent", agentSide.base, AGENT), side("browser", viewerSide.base, VIEWER)];
    const heardBy = async (least: number) => {
      while (heard.agent.length < least || heard.browser.length < least) await progress.promise;
    };
    const say = (from: number, to: number) => {
      for (let n = from; n < to; n++) links.forEach((link) => link.send("candidate", String(n)));
    };
    say(0, 40);
    await within(PATIENCE_MS, "the first messages", heardBy(20));
    // A killed one takes its connections along, and what it had not answered.
    relays[0]!.signal("SIGKILL");
    agentSide.target = ports[1]!;
    say(40, 80);
    await within(PATIENCE_MS, "messages over the second relay", heardBy(60));
    relays.push(await relay(dir, redis));
    const third = await portOf(relays[2]!);
    relays[1]!.signal("SIGKILL");
    agentSide.target = viewerSide.target = third;
    say(80, count);
    await within(PATIENCE_MS, "all messages", heardBy(count));
    // One more each way, behind which nothing is left.
    say(count, count + 1);
    await within(PATIENCE_MS, "the last messages", heardBy(count + 1));
    const all = Array.from({ length: count + 1 }, (_, n) => String(n));
    assert.deepEqual(heard, { agent: all, browser: all });
    for (const link of links) link.close();
  } finally {
    for (const program of relays) await program[Symbol.asyncDispose]();
  }
});

for (const durable of [true, false]) {
  const how = durable ? "with its data" : "without its data";
  Deno.test(`many relays: Redis is killed and comes back ${how} while a film plays`, { ignore }, async () => {
    await using dir = await prepare();
    await using redis = await RedisServer.start({ password: PASSWORD, durable });
    const metrics = freePort();
    await using first = await relay(dir, redis, "--metrics", `127.0.0.1:${metrics}`);
    await using second = await relay(dir, redis);
    const [at, other] = [await first.access(), await second.access()];
    await using ours = box(dir, at.relay);
    await ours.logged(/registered as/);
    const stack = STACK_NAMES[0]!;
    const options = { relay: other.relay, token: VIEWER, stack, filePath: "film.bin" };
    const { viewer, channel } = await Viewer.open(options);
    const film = watching(channel);
    const ready = async (status: number) => {
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${metrics}/readyz`);
        await answer.body?.cancel();
        if (answer.status === status) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await within(PATIENCE_MS, "a relay that is ready", ready(200));
    await redis.kill();
    await first.logged(/the store is away/, PATIENCE_MS);
    await within(PATIENCE_MS, "a relay that is not ready", ready(503));
    const asked = await fetch(`${at.relay}/api/stream/agents`, {
      headers: { authorization: `Bearer ${VIEWER}` },
    });
    assert.deepEqual([asked.status, asked.headers.get("retry-after")], [503, "1"]);
    await asked.body?.cancel();
    const alive = await fetch(`${at.relay}/healthz`);
    assert.equal(alive.status, 200);
    await alive.body?.cancel();
    await redis.start();
    await within(PATIENCE_MS, "a relay that is ready again", ready(200));
    // The box is there again by its next sync, and another session begins while the first film goes on.
    const later = await within(PATIENCE_MS, "another session", Viewer.open(options));
    assert.equal((await later.channel.read(0, 1_000)).bytes, 1_000);
    assert.ok(await film.end() >= 1 << 20);
    assert.equal((await channel.read(7 << 20, 0)).bytes, 1 << 20, "and may be asked for more");
    assert.deepEqual(viewer.byes, []);
    for (const program of [first, second]) {
      const said = (what: RegExp) => program.log.filter((line) => what.test(line)).length;
      assert.deepEqual([said(/the store is away/), said(/the store answers/)], [1, 2]);
      assert.ok(!program.log.some((line) => /"level":"error"/.test(line)), "and nothing failed");
    }
    await later.viewer.close();
    await viewer.close();
  });
}
