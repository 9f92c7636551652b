/** Floods from behind a proxy that is trusted: the flooder meets 429, memory stays, and others are served. */
import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { Program, residentBytes } from "../support/program.ts";
import { connect, writeAll } from "../support/raw_connections.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const AGENT = "agent-token-of-the-flood-test";
const FLOODING_AGENT = "agent-token-of-a-flooder";
const VIEWER = "viewer-token-of-the-flood-test";
const FLOODER = "viewer-token-of-a-flooder";
const PATIENCE_MS = 300_000;

/** Requests of one flood, and how many at once. */
const REQUESTS = FULL ? 10_000 : 3_000;
const AT_ONCE = 50;

interface Running {
  readonly program: Program;
  readonly origin: string;
  [Symbol.asyncDispose](): Promise<void>;
}

async function relay(): Promise<Running> {
  const dir = await TempDir.make();
  const program = await Program.start([
    ...["relay", "--listen", "127.0.0.1:0", "--trust-proxy", "127.0.0.1", "--max-agents", String(REQUESTS)],
    ...["--agent-token-file", await dir.put("agents", `${AGENT}\n${FLOODING_AGENT}`)],
    ...["--viewer-token-file", await dir.put("viewers", `${VIEWER}\n${FLOODER}`)],
  ]);
  return {
    program,
    origin: (await program.access()).relay,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** A call as the proxy passes it on; its status. */
async function call(
  origin: string,
  { address, token, path, body }: { address: string; token: string; path: string; body?: unknown },
): Promise<number> {
  const response = await fetch(origin + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${token}`, "X-Forwarded-For": address },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return response.status;
}

type Call = Parameters<typeof call>[1];

/** Makes all calls, some at once; how often each status came. */
async function flood(origin: string, make: (n: number) => Call): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < REQUESTS) {
      const status = await call(origin, make(next++));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }));
  return statuses;
}

/** An address of its own for each number, from a network for documentation (RFC 3849). */
function addressOf(n: number): string {
  return `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`;
}

const SYNC = "/api/internal/agent/sync";
const SESSIONS = "/api/stream/sessions";

const FLOODS: Record<string, { make: (n: number) => Call; expected: number[] }> = {
  "sessions of one token": {
    make: (n) => ({ address: addressOf(n), token: FLOODER, path: SESSIONS, body: { agentId: "box" } }),
    expected: [201, 429],
  },
  "agents of one token": {
    make: (n) => ({
      address: addressOf(n),
      token: FLOODING_AGENT,
      path: SYNC,
      body: { agentId: `flood-${n}` },
    }),
    expected: [200, 429],
  },
  "guesses of one address": {
    make: (n) => ({ address: "203.0.113.66", token: `guess-${n}`, path: "/api/stream/agents" }),
    expected: [401, 429],
  },
  "guesses of as many addresses": {
    make: (n) => ({ address: addressOf(n), token: `guess-${n}`, path: "/api/stream/agents" }),
    expected: [401],
  },
};

for (const [what, { make, expected }] of Object.entries(FLOODS)) {
  Deno.test(`flood: ${what}: another household is served meanwhile, and memory stays`, async () => {
    await using running = await relay();
    const { origin, program } = running;
    const sync = () =>
      call(origin, { address: "198.51.100.7", token: AGENT, path: SYNC, body: { agentId: "box" } });
    assert.equal(await sync(), 200);
    const before = await residentBytes(program.pid);
    const flooding = within(PATIENCE_MS, "the flood", flood(origin, make));
    let over = false;
    void flooding.finally(() => over = true).catch(() => {});
    const viewer = new RelayHttp(origin, VIEWER);
    do {
      assert.equal(await sync(), 200);
      const sessionId = await viewer.createSession({ agentId: "box" });
      assert.equal(await viewer.post(sessionId, "candidate", "{}"), 200);
      const deleted = await fetch(`${origin}${SESSIONS}/${sessionId}`, {
        method: "DELETE",
        headers: viewer.headers,
      });
      assert.equal(deleted.status, 204);
      // Within what a household may do in 16 s.
      await new Promise((resolve) => setTimeout(resolve, 250));
    } while (!over);
    const statuses = await flooding;
    assert.deepEqual([...statuses.keys()].sort(), expected, JSON.stringify([...statuses]));
    const grown = await residentBytes(program.pid) - before;
    // The heap of a runtime at work; what is kept of a flood is a fraction of it.
    assert.ok(grown < 200e6, `${grown} bytes more`);
  });
}

Deno.test("flood: an event stream that nobody reads gives way to one that is read", async () => {
  await using running = await relay();
  const { origin } = running;
  assert.equal(
    await call(origin, { address: "::1", token: AGENT, path: SYNC, body: { agentId: "box" } }),
    200,
  );
  const viewer = new RelayHttp(origin, VIEWER);
  const sessionId = await viewer.createSession({ agentId: "box" });
  const path = `/api/internal/stream/signal/${sessionId}`;
  using connection = await connect(origin);
  await writeAll(
    connection,
    `GET ${path}/events HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer ${VIEWER}\r\n\r\n`,
  );
  // As much as the mailbox holds, many times over: the oldest give way.
  const payload = "x".repeat(60_000);
  for (let n = 0; n < 90; n++) {
    const body = { from: "agent", type: "candidate", payload };
    assert.equal(await call(origin, { address: "::1", token: AGENT, path, body }), 200);
  }
  // A reader that reads takes over.
  const abort = new AbortController();
  for await (const event of viewer.events(sessionId, abort.signal)) {
    assert.equal(event.payload.length, 60_000);
    break;
  }
  abort.abort();
});

Deno.test("flood: files of the player that nobody reads are so many and no more, until their connection ends", async () => {
  await using running = await relay();
  const { origin, program } = running;
  const load = async () => {
    const response = await fetch(`${origin}/page.js`, { headers: { "X-Forwarded-For": "198.51.100.7" } });
    await response.arrayBuffer();
    return response.status;
  };
  assert.equal(await load(), 200);
  const before = await residentBytes(program.pid);
  // Of one address; a window of 0 bytes lets no body through.
  const session = connectHttp2(origin, { settings: { initialWindowSize: 0 } });
  const answered = Array.from({ length: 150 }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const request = session.request({ ":path": "/page.js", "x-forwarded-for": "203.0.113.66" });
    request.on("response", (headers) => resolve(headers[":status"]!));
    request.on("error", reject);
    request.end();
    return promise;
  });
  const statuses = await within(PATIENCE_MS, "the answers", Promise.all(answered));
  assert.equal(statuses.filter((status) => status === 200).length, 64);
  assert.equal(statuses.filter((status) => status === 503).length, 150 - 64);
  assert.equal(await load(), 200);
  assert.ok(await residentBytes(program.pid) - before < 100e6);
  session.destroy();
});
