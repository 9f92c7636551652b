/** A relay behind a real server, and clients for it that use nothing but fetch. */
import assert from "node:assert/strict";
import { createRelay, type RelayOptions, type RelayService } from "../../src/relay/app.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../src/relay/limits.ts";
import type { Store, StoreRules } from "../../src/relay/store.ts";

export const AGENT = "agent-token-for-tests";
export const VIEWER = "viewer-token-for-tests";
export const AGENT_ID = "11111111-2222-3333-4444-555555555555";

/** Where the clock of a relay under test starts, in milliseconds since 1970. */
export const START = 1_767_225_600_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape.
  readonly body: any;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly properties: Record<string, unknown> | undefined;
}

/** Makes the store of every relay under test that is given none: another test may run these tests over its own. */
export const storeOfTests: { make: ((rules: StoreRules) => Store & Disposable) | undefined } = {
  make: undefined,
};

export class TestRelay implements AsyncDisposable {
  readonly clock = { now: START };
  readonly logs: LogLine[] = [];
  readonly service: RelayService;
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #readers: EventReader[] = [];
  readonly #store: (Store & Disposable) | undefined;

  constructor(options: Partial<RelayOptions> = {}) {
    this.#store = options.store === undefined
      ? storeOfTests.make?.({
        times: { ...DEFAULT_TIMES, ...options.times },
        limits: { ...DEFAULT_LIMITS, ...options.limits },
      })
      : undefined;
    this.service = createRelay({
      agentTokens: [AGENT],
      viewerTokens: [VIEWER],
      now: () => this.clock.now,
      log: (level, message, properties) => this.logs.push({ level, message, properties }),
      ...(this.#store === undefined ? {} : { store: this.#store }),
      ...options,
    });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request, { remoteAddr }) => this.service.fetch(request, { peer: remoteAddr.hostname }),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.service.close();
    // A test that failed has left its readers open, and the server would wait for them.
    await Promise.all(this.#readers.map((reader) => reader.close().catch(() => {})));
    await this.#server.shutdown();
    this.#store?.[Symbol.dispose]();
  }

  /** One call with a JSON body; a body that is a string is sent as it stands. */
  async call(token: string | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text !== "" && response.headers.get("Content-Type")?.startsWith("application/json");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  sync(token = AGENT, agentId = AGENT_ID): Promise<Answer> {
    return this.call(token, "POST", "/api/internal/agent/sync", { agentId, tasks: [], freeSlots: 0 });
  }

  /** Brings the agent online and opens a session; its id. */
  async session(filePath = "films/a.mp4"): Promise<string> {
    assert.equal((await this.sync()).status, 200);
    const { status, body } = await this.call(VIEWER, "POST", "/api/stream/sessions", {
      agentId: AGENT_ID,
      filePath,
    });
    assert.equal(status, 201);
    return body.sessionId;
  }

  /** Posts a message as the side that `token` speaks for. */
  post(token: string, sessionId: string, type: string, payload = ""): Promise<Answer> {
    return this.call(token, "POST", signal(sessionId), {
      from: token === AGENT ? "agent" : "browser",
      type,
      payload,
    });
  }

  /** Opens an event stream, which must answer 200. */
  async events(token: string, sessionId: string, options: EventOptions = {}): Promise<EventReader> {
    const query = options.after === undefined ? "" : `?after=${options.after}`;
    const response = await fetch(`${this.url}${signal(sessionId)}/events${query}`, {
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "text/event-stream",
        ...(options.lastEventId === undefined ? {} : { "Last-Event-ID": options.lastEventId }),
        ...options.headers,
      },
    });
    assert.equal(response.status, 200);
    const reader = new EventReader(response);
    this.#readers.push(reader);
    return reader;
  }
}

export interface EventOptions {
  readonly lastEventId?: string;
  readonly after?: string;
  readonly headers?: Record<string, string>;
}

export function signal(sessionId: string): string {
  return `/api/internal/stream/signal/${sessionId}`;
}

/** One message out of an event stream. */
export interface Received {
  readonly id: number;
  // deno-lint-ignore no-explicit-any -- an envelope, looked into by tests.
  readonly data: any;
}

/** Reads an event stream as text, block by block. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(readonly response: Response) {
    assert.ok(response.body);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next block without the empty line that ends it; undefined at the end, which must not cut a block. */
  async block(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.#read();
      if (done) {
        assert.equal(this.#text, "", "the stream ended inside an event");
        return undefined;
      }
      this.#text += value;
    }
  }

  /** A read that fails after five seconds, so that a relay that forgets its reader makes a failure, not a hang. */
  async #read(): Promise<ReadableStreamReadResult<string>> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.close().catch(() => {});
    }, 5_000);
    try {
      const result = await this.#reader.read();
      assert.ok(!late, "nothing came for five seconds");
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next message, past `retry:` and comments; undefined at the end. */
  async message(): Promise<Received | undefined> {
    for (;;) {
      const block = await this.block();
      if (block === undefined) return undefined;
      const match = /^id: (\d+)\nevent: signal\ndata: ([^\r\n]*)$/.exec(block);
      if (match !== null) return { id: Number(match[1]), data: JSON.parse(match[2] ?? "") };
      assert.match(block, /^(retry: 1500|: .*)$/);
    }
  }

  /** The next `count` messages. */
  async messages(count: number): Promise<Received[]> {
    const received: Received[] = [];
    while (received.length < count) {
      const next = await this.message();
      assert.ok(next, `the stream ended after ${received.length} of ${count} messages`);
      received.push(next);
    }
    return received;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Asserts an error answer: its status, its code, and the one shape of all errors. */
export function assertError(answer: Answer, status: number, code: string): void {
  assert.deepEqual(
    { status: answer.status, code: answer.body?.code, keys: Object.keys(answer.body ?? {}).sort() },
    { status, code, keys: ["code", "error"] },
  );
  assert.match(answer.body.error, /^\S.*\.$/);
  assert.match(answer.body.code, /^[a-z]+(-[a-z]+)*$/);
}

export function assertRetryAfter(answer: Answer): void {
  assert.match(answer.headers.get("Retry-After") ?? "", /^[1-9]\d*$/);
}

/** Resolves when `happens` answers true, asking at every turn of the event loop; fails after five seconds. */
export async function until(happens: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!await happens()) {
    assert.ok(performance.now() < deadline, "it did not happen within five seconds");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
