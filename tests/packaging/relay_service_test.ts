/** The units and the proxy of a large relay: systemd and Caddy take them, and clients notice nothing of an end. */
import assert from "node:assert/strict";
import { freePort } from "../support/free_port.ts";
import { system } from "../commands/shell.ts";
import { Program } from "../support/program.ts";
import { RedisServer } from "../support/redis_server.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const FOLDER = new URL("../../packaging/relay/", import.meta.url);
const KEY = "agent-token-of-the-tests";
const VIEWER = "viewer-token-of-the-tests";
const AGENT_ID = "11111111-2222-3333-4444-555555555555";
const SIGNAL = "/api/internal/stream/signal";

async function installed(name: string): Promise<boolean> {
  return await new Deno.Command(name, { args: ["version"], stdout: "null", stderr: "null" }).output()
    .then(() => true, () => false);
}

const isThere = await installed("caddy") && await RedisServer.installed();
const ignore = !isThere && !FULL;

Deno.test("relay unit: systemd takes it without a word", async () => {
  await using dir = await TempDir.make();
  const unit = await Deno.readTextFile(new URL("unarr-stream-relay@.service", FOLDER));
  // Where the program is not installed, systemd says so of any path.
  await dir.put("unarr-stream-relay@.service", unit.replace("/usr/local/bin/unarr-stream", Deno.execPath()));
  const verified = await system("systemd-analyze", ["verify", `${dir.path}/unarr-stream-relay@1.service`]);
  if (verified !== undefined) assert.deepEqual([verified.code, verified.err], [0, ""]);
  const drain = Number(/--drain (\d+)/.exec(unit)![1]);
  assert.ok(Number(/^TimeoutStopSec=(\d+)/m.exec(unit)![1]) > drain + 5);
});

Deno.test("relay unit: its options are those of the program", async () => {
  await using dir = await TempDir.make();
  const unit = await Deno.readTextFile(new URL("unarr-stream-relay@.service", FOLDER));
  const command = /^ExecStart=\S+ (.*)$/m.exec(unit)![1]!.replaceAll(/:(8|9)\d\d%i/g, ":0").split(" ");
  await dir.put("agent-token", KEY);
  await dir.put("viewer-token", VIEWER);
  await using relay = await Program.start(command, { CREDENTIALS_DIRECTORY: dir.path });
  assert.equal((await fetch((await relay.access()).relay + "/readyz")).status, 200);
});

/** Caddy with the packaged configuration, in front of relays. */
class Proxy implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #err: Promise<string>;

  constructor(readonly base: string, relays: readonly string[], home: string) {
    this.#process = new Deno.Command("caddy", {
      args: ["run", "--adapter", "caddyfile", "--config", new URL("Caddyfile", FOLDER).pathname],
      env: environment(base, relays, home),
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#err = new Response(this.#process.stderr).text();
  }

  /** Resolves once a relay answers through it. */
  async ready(): Promise<void> {
    await within(30_000, "Caddy", answers(`${this.base}/readyz`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#err;
  }
}

/** Resolves once an address answers 200. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    }, () => 0);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function environment(site: string, relays: readonly string[], home: string): Record<string, string> {
  return {
    HOME: home,
    UNARR_SITE: site,
    UNARR_RELAYS: relays.join(" "),
    UNARR_CADDY_ADMIN: "off",
  };
}

Deno.test({
  name: "Caddyfile: Caddy takes it as it is",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    const config = new URL("Caddyfile", FOLDER).pathname;
    const args = ["validate", "--adapter", "caddyfile", "--config", config];
    const validated = await system("caddy", args, { env: { HOME: dir.path } });
    assert.equal(validated!.code, 0, validated!.err);
  },
});

Deno.test({
  name: "Caddy in front of two relays: one that drains goes unnoticed, one that is killed loses nothing",
  // A drain takes its 25 s.
  ignore: !FULL,
  async fn() {
    await using dir = await TempDir.make();
    const agents = await dir.put("agents", KEY);
    const viewers = await dir.put("viewers", VIEWER);
    await using redis = await RedisServer.start();
    const start = (port: number) =>
      Program.start([
        ...["relay", "--listen", `127.0.0.1:${port}`, "--store", redis.url, "--drain", "60"],
        ...["--agent-token-file", agents, "--viewer-token-file", viewers],
      ]);
    const ports = [freePort(), freePort()];
    await using first = await start(ports[0]!);
    await using second = await start(ports[1]!);
    const base = `http://127.0.0.1:${freePort()}`;
    await using proxy = new Proxy(base, ports.map((port) => `127.0.0.1:${port}`), dir.path);
    await proxy.ready();
    const call = (token: string, method: string, path: string, body?: unknown) =>
      fetch(base + path, {
        method,
        headers: { Authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const sync = async () => {
      const response = await call(KEY, "POST", "/api/internal/agent/sync", { agentId: AGENT_ID });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await sync(), 200);
    const made = await call(VIEWER, "POST", "/api/stream/sessions", {});
    assert.equal(made.status, 201);
    const { sessionId } = await made.json();
    const path = `${SIGNAL}/${sessionId}`;
    const post = async (payload: string) => {
      const response = await call(VIEWER, "POST", path, { from: "browser", type: "candidate", payload });
      await response.body?.cancel();
      return response.status;
    };

    // Events come through at once, from whichever relay they were posted to.
    let events = await Events.open(base, path, 0);
    for (const payload of ["one", "two", "three"]) {
      assert.equal(await post(payload), 200);
      assert.equal(await events.payload(), payload);
    }

    // One drains: what is open goes on, and no request fails.
    second.signal("SIGTERM");
    const statuses: number[] = [];
    const draining = within(60_000, "the end of the drain", second.ended());
    const asked = (async () => {
      for (let n = 0; n < 40; n++) {
        statuses.push(await post(`during ${n}`), await sync());
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    const received: string[] = [];
    while (received.length < 40) {
      const payload = await events.payload();
      if (payload === undefined) events = await Events.open(base, path, events.lastId);
      else received.push(payload);
    }
    await asked;
    assert.deepEqual(received, Array.from({ length: 40 }, (_, n) => `during ${n}`));
    assert.deepEqual([...new Set(statuses)], [200]);
    await events.close();
    assert.equal((await draining).code, 0);

    // Started again, and the other one is killed.
    await using third = await start(ports[1]!);
    void third;
    await within(30_000, "the second relay", answers(`http://127.0.0.1:${ports[1]}/readyz`));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    first.signal("SIGKILL");
    await first.ended();
    // What was under way breaks, and is asked again, as the program's clients do; all else finds the other one.
    const again = async (ask: () => Promise<number>) => {
      while (await ask() !== 200) await new Promise((resolve) => setTimeout(resolve, 250));
    };
    for (let n = 0; n < 20; n++) {
      await within(30_000, "a sync", again(sync));
      await within(30_000, "a message", again(() => post(`after ${n}`)));
    }
    const rest = await Events.open(base, path, events.lastId);
    for (let n = 0; n < 20;) if ((await rest.payload())!.startsWith(`after ${n}`)) n++;
    await rest.close();
  },
});

/** An event stream of the agent's, message by message. */
class Events {
  lastId: number;
  #text = "";

  private constructor(
    readonly reader: ReadableStreamDefaultReader<string>,
    lastId: number,
  ) {
    this.lastId = lastId;
  }

  static async open(base: string, path: string, lastId: number): Promise<Events> {
    const response = await fetch(`${base}${path}/events`, {
      headers: { Authorization: `Bearer ${KEY}`, ...(lastId > 0 ? { "Last-Event-ID": String(lastId) } : {}) },
    });
    assert.equal(response.status, 200);
    return new Events(
      response.body!.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader(),
      lastId,
    );
  }

  /** The next message's payload; undefined at the end. */
  async payload(): Promise<string | undefined> {
    for (;;) {
      const block = /id: (\d+)\nevent: signal\ndata: (.*)\n\n/.exec(this.#text);
      if (block !== null) {
        this.#text = this.#text.slice(block.index + block[0].length);
        this.lastId = Number(block[1]);
        return JSON.parse(block[2]!).payload;
      }
      const { done, value } = await within(30_000, "an event", this.reader.read());
      if (done) return undefined;
      this.#text += value;
    }
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }
}
