import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FileChannel } from "../../src/player/client/file_channel.ts";
import { PlayerError } from "../../src/player/client/mod.ts";
import { PersistentFile } from "../../src/player/client/persistent_file.ts";
import { RemoteFile } from "../../src/player/client/remote_file.ts";
import type { Session } from "../../src/player/client/session.ts";
import type { RangeReq } from "../../src/wire/mod.ts";
import { channelPair } from "./support/engines.ts";
import { collect, pattern, ScriptedAgent } from "./support/scripted_agent.ts";

const SIZE = 2_000_000;

/** A box that can be connected to again and again; each connection is a real channel. */
class Box implements AsyncDisposable {
  readonly agents: ScriptedAgent[] = [];
  /** What each connection in turn does with requests; the last one repeats. */
  scripts: ((agent: ScriptedAgent, request: RangeReq, hangUp: () => void) => void)[] = [];
  sizes = [SIZE];
  readonly #pairs: AsyncDisposable[] = [];
  #session: Session | undefined;
  #waiting: ((session: Session) => void)[] = [];

  nextSession = (signal?: AbortSignal): Promise<Session> => {
    if (this.#session) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener("abort", () => reject(new PlayerError("aborted", "")));
    });
  };

  connect(): void {
    const session = {
      state: "open",
      open: async () => {
        const pair = await channelPair();
        this.#pairs.push(pair);
        const turn = this.agents.length;
        const size = this.sizes[Math.min(turn, this.sizes.length - 1)]!;
        const agent = new ScriptedAgent(pair.agent, size);
        const script = this.scripts[Math.min(turn, this.scripts.length - 1)];
        if (script) agent.onRequest = (request) => script(agent, request, () => pair.agent.close());
        this.agents.push(agent);
        agent.hello();
        return await RemoteFile.open(new FileChannel(pair.viewer));
      },
    };
    this.#session = session as unknown as Session;
    for (const resolve of this.#waiting.splice(0)) resolve(this.#session);
  }

  disconnect(): void {
    this.#session = undefined;
  }

  async [Symbol.asyncDispose]() {
    for (const pair of this.#pairs) await pair[Symbol.asyncDispose]();
  }
}

Deno.test("a read goes on over the next connection at the byte where the last one ended", async () => {
  await using box = new Box();
  box.scripts = [
    (agent, request, hangUp) => {
      // The third request: by then the first has been answered in full.
      if (Number(request.offset) < 786_432) return agent.serve(request);
      box.disconnect();
      hangUp();
      setTimeout(() => box.connect(), 20);
    },
    (agent, request) => agent.serve(request),
  ];
  box.connect();
  const file = await PersistentFile.open("a.bin", box.nextSession);
  const bytes = await collect(file.read(0));
  assert.ok(Buffer.compare(bytes, pattern(SIZE)) === 0, "byte for byte, nothing twice");
  assert.equal(box.agents.length, 2);
  assert.ok(Number(box.agents[1]!.requests[0]!.offset) >= 262_144, "not from the beginning");
  file.close();
});

Deno.test("several reads that lost their connection share the next channel", async () => {
  await using box = new Box();
  box.scripts = [
    (_agent, _request, hangUp) => {
      box.disconnect();
      hangUp();
      setTimeout(() => box.connect(), 20);
    },
    (agent, request) => agent.serve(request),
  ];
  box.connect();
  const file = await PersistentFile.open("a.bin", box.nextSession);
  const [a, b] = await Promise.all([collect(file.read(0, 1000)), collect(file.read(5000, 1000))]);
  assert.deepEqual(a, pattern(1000));
  assert.deepEqual(b, pattern(1000, 5000));
  assert.equal(box.agents.length, 2);
  file.close();
});

Deno.test("a file that has another size on the next connection is not spliced together", async () => {
  await using box = new Box();
  box.sizes = [SIZE, SIZE + 1];
  box.scripts = [
    (_agent, _request, hangUp) => hangUp(),
    (agent, request) => agent.serve(request),
  ];
  box.connect();
  const file = await PersistentFile.open("a.bin", box.nextSession);
  await assert.rejects(collect(file.read(0, 1000)), { type: "read-error" });
  file.close();
});

Deno.test("a read that waits for a connection can be cancelled", async () => {
  await using box = new Box();
  box.scripts = [(_agent, _request, hangUp) => {
    box.disconnect();
    hangUp();
  }];
  box.connect();
  const file = await PersistentFile.open("a.bin", box.nextSession);
  const reader = file.read(0, 1000).getReader();
  const pending = reader.read();
  await box.agents[0]!.until(() => box.agents[0]!.requests.length > 0);
  await reader.cancel();
  assert.deepEqual(await pending, { done: true, value: undefined });
  file.close();
});

Deno.test("a box that hangs up every time is given up", async () => {
  await using box = new Box();
  box.scripts = [(_agent, _request, hangUp) => hangUp()];
  box.connect();
  const file = await PersistentFile.open("a.bin", box.nextSession);
  await assert.rejects(collect(file.read(0, 1000)), { type: "connection-lost" });
  assert.equal(box.agents.length, 6);
  file.close();
});
