import assert from "node:assert/strict";
import type { Envelope } from "../../src/signal/envelope.ts";
import { type SignalFailure, SignalLink } from "../../src/signal/link.ts";
import type { LinkSettings } from "../../src/signal/settings.ts";
import { type Asked, eventStream, json, openStream, ScriptedServer } from "../support/scripted_server.ts";
import { within } from "../support/within.ts";

const QUICK: Partial<LinkSettings> = {
  silenceMs: 2_000,
  giveUpMs: 600,
  lastedMs: 1_000,
  hurriedEnd: { firstMs: 40, maxMs: 160, jitter: 0 },
  error: { firstMs: 30, maxMs: 120, jitter: 0 },
  lateMessageMs: 400,
};

const isEvents = ({ path }: Asked) => path.endsWith("/events");
const isPost = ({ method }: Asked) => method === "POST";
const message = (type: string, payload = "") => ({ from: "browser", type, payload, ts: 1 });

interface Made {
  readonly link: SignalLink;
  readonly received: Envelope[];
  readonly failure: Promise<SignalFailure>;
  count(n: number): Promise<void>;
}

function link(base: string, settings: Partial<LinkSettings> = {}): Made {
  const made = new SignalLink({
    base,
    token: "token",
    sessionId: "s1",
    role: "agent",
    settings: { ...QUICK, ...settings },
  });
  const received: Envelope[] = [];
  let wake = () => {};
  made.onmessage = (envelope) => {
    received.push(envelope);
    wake();
  };
  const failure = new Promise<SignalFailure>((resolve) => made.onfailure = resolve);
  return {
    link: made,
    received,
    failure,
    count: (n) =>
      within(
        5_000,
        `${n} messages`,
        (async () => {
          while (received.length < n) await new Promise<void>((resolve) => wake = resolve);
        })(),
      ),
  };
}

Deno.test("defect 4: a stream goes on after the last event id, and repeats are dropped", async () => {
  await using server = new ScriptedServer((asked) => {
    const last = Number(asked.headers.get("last-event-id") ?? 0);
    // The event before is sent once more, as a relay that keeps no order might.
    const events = [last, last + 1].filter((id) => id > 0).map((id) => ({ id, data: message(`m${id}`) }));
    return eventStream(events, 1);
  });
  const { link: made, received, count } = link(server.base);
  made.start();
  await count(4);
  made.close();
  assert.deepEqual(received.slice(0, 4).map(({ type }) => type), ["m1", "m2", "m3", "m4"]);
  assert.equal(server.asked[0]!.headers.get("last-event-id"), null);
  assert.equal(server.asked[1]!.headers.get("last-event-id"), "1");
});

Deno.test("link: without ids, exact repeats are dropped", async () => {
  await using server = new ScriptedServer((_, index) =>
    eventStream([{ data: message("a") }, ...(index > 0 ? [{ data: message("b") }] : [])], 1)
  );
  const { link: made, received, count } = link(server.base);
  made.start();
  await count(2);
  await server.until(3);
  made.close();
  assert.deepEqual(received.map(({ type }) => type), ["a", "b"]);
});

Deno.test("defect 8: an endpoint that answers and ends at once is asked with growing gaps", async () => {
  await using server = new ScriptedServer(() => eventStream([]));
  const { link: made } = link(server.base);
  made.start();
  const asked = await server.until(5);
  made.close();
  const gaps = asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
  for (const [index, least] of [40, 80, 160, 160].entries()) {
    assert.ok(gaps[index]! >= least - 5, `gap ${index} was ${gaps[index]} ms`);
  }
});

Deno.test("link: a stream that lasted is reopened without a pause", async () => {
  await using server = new ScriptedServer((_, index) => eventStream([], index === 0 ? 120 : 60_000));
  const { link: made } = link(server.base, {
    lastedMs: 100,
    hurriedEnd: { firstMs: 3_000, maxMs: 3_000, jitter: 0 },
  });
  made.start();
  await within(1_500, "the second request", server.until(2));
  made.close();
});

for (
  const [name, answer] of [
    ["500", () => json(500, {})],
    [
      "a page instead of a stream",
      () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    ],
    ["204", () => new Response(null, { status: 204 })],
  ] as const
) {
  Deno.test(`link: ${name} is tried again, and before the channel is open only for so long`, async () => {
    await using server = new ScriptedServer(answer);
    const { link: made, failure } = link(server.base);
    made.start();
    assert.equal((await within(5_000, "the failure", failure)).type, "unreachable");
    assert.ok(server.asked.length >= 4, `${server.asked.length} tries`);
  });
}

Deno.test("defect 1: once established, an outage of the relay is waited out", async () => {
  let down = true;
  await using server = new ScriptedServer(() =>
    down ? json(500, {}) : eventStream([{ data: message("a") }], 50)
  );
  const { link: made, failure, count } = link(server.base, { giveUpMs: 50 });
  made.established();
  made.start();
  let failed = false;
  void failure.then(() => failed = true);
  await server.until(4);
  assert.equal(failed, false);
  down = false;
  await count(1);
  made.close();
});

for (
  const [status, type] of [[401, "unauthorised"], [403, "forbidden"], [404, "gone"], [410, "gone"]] as const
) {
  Deno.test(`link: ${status} on the stream or a message is final at once`, async () => {
    await using server = new ScriptedServer(() => json(status, { error: "no" }));
    const first = link(server.base);
    first.link.start();
    assert.equal((await within(2_000, "the failure", first.failure)).type, type);
    const second = link(server.base);
    second.link.send("answer", "x");
    assert.equal((await within(2_000, "the failure", second.failure)).type, type);
    assert.equal(server.asked.length, 2);
  });
}

Deno.test("link: Retry-After is waited for", async () => {
  await using server = new ScriptedServer((_, index) =>
    index === 0 ? json(429, {}, { "retry-after": "1" }) : eventStream([], 60_000)
  );
  const { link: made } = link(server.base, { giveUpMs: 60_000 });
  made.start();
  const [first, second] = await within(5_000, "the second try", server.until(2));
  made.close();
  assert.ok(second!.at - first!.at >= 990, `${second!.at - first!.at} ms`);
});

Deno.test("link: the relay's retry is a lower bound after an error", async () => {
  await using server = new ScriptedServer((_, index) =>
    index === 0
      ? new Response("retry: 400\n\n", { headers: { "content-type": "text/event-stream" } })
      : index === 1
      ? json(500, {})
      : eventStream([], 60_000)
  );
  const { link: made } = link(server.base, { giveUpMs: 60_000 });
  made.start();
  const asked = await within(5_000, "three requests", server.until(3));
  made.close();
  assert.ok(asked[2]!.at - asked[1]!.at >= 395);
});

Deno.test("link: three oversized events in a row are not taken for an accident", async () => {
  await using server = new ScriptedServer(() => eventStream([{ data: "x".repeat(300_000) }]));
  const { link: made, failure } = link(server.base, { giveUpMs: 60_000 });
  made.start();
  assert.equal((await within(5_000, "the failure", failure)).type, "oversized");
  assert.equal(server.asked.length, 3);
});

Deno.test("defect 5: messages leave in order, each retried until it is stored", async () => {
  await using server = new ScriptedServer((_, index) =>
    index % 3 === 2 ? json(200, { ok: true }) : json(503, {})
  );
  const { link: made } = link(server.base);
  for (const type of ["answer", "candidate", "candidate-end"]) made.send(type, type);
  await made.drained(5_000);
  made.close();
  const types = server.asked.map(({ body }) => JSON.parse(body).type);
  assert.deepEqual(types, [
    ...["answer", "answer", "answer"],
    ...["candidate", "candidate", "candidate"],
    ...["candidate-end", "candidate-end", "candidate-end"],
  ]);
  const { idempotencyKey, ...posted } = JSON.parse(server.asked[0]!.body);
  assert.deepEqual(posted, { from: "agent", type: "answer", payload: "answer" });
  assert.match(idempotencyKey, /^\w+-1$/);
  const keys = server.asked.map(({ body }) => JSON.parse(body).idempotencyKey);
  assert.equal(new Set(keys).size, 3, "a retry has the key of its message");
});

Deno.test("link: a message that the relay refuses is given up, and the next one goes out", async () => {
  await using server = new ScriptedServer((_, index) => json(index === 0 ? 413 : 200, {}));
  const { link: made } = link(server.base);
  made.send("candidate", "a");
  made.send("candidate", "b");
  await made.drained(5_000);
  made.close();
  assert.deepEqual(server.asked.map(({ body }) => JSON.parse(body).payload), ["a", "b"]);
});

Deno.test("link: once established, a message is retried only for so long", async () => {
  await using server = new ScriptedServer(() => json(500, {}));
  const { link: made, failure } = link(server.base);
  let failed = false;
  void failure.then(() => failed = true);
  made.established();
  made.send("candidate", "a");
  await within(5_000, "giving up", made.drained(5_000));
  made.close();
  assert.ok(server.asked.length >= 3);
  assert.equal(failed, false);
});

Deno.test("defect 12: what is not from the other side is not acted upon", async () => {
  const stop = new AbortController();
  await using server = new ScriptedServer(() =>
    openStream(stop.signal, [
      { ...message("offer"), from: "agent" },
      { ...message("offer"), from: "nobody" },
      { ...message("offer"), payload: { not: "a string" } },
      "not an envelope",
      message("bye"),
    ])
  );
  const { link: made, received, count } = link(server.base);
  made.start();
  await count(1);
  made.close();
  stop.abort();
  assert.deepEqual(received.map(({ type }) => type), ["bye"]);
});

Deno.test("defect 11: a session's messages and its stream go to the same relay", async () => {
  const stop = new AbortController();
  await using server = new ScriptedServer((asked) =>
    isEvents(asked) ? openStream(stop.signal) : json(200, { ok: true })
  );
  const { link: made } = link(server.base);
  made.start();
  made.send("answer", "x");
  await made.bye("");
  stop.abort();
  await server.until(1, isPost);
  for (const { path, headers } of server.asked) {
    assert.ok(path.startsWith("/api/internal/stream/signal/s1"));
    assert.equal(headers.get("authorization"), "Bearer token");
  }
});

Deno.test("link: bye goes out once, past the queue, and the link is closed", async () => {
  await using server = new ScriptedServer((asked) => json(asked.body.includes("bye") ? 200 : 503, {}));
  const { link: made } = link(server.base);
  made.send("candidate", "a");
  await server.until(1);
  await made.bye('{"reason":"shutdown"}');
  const types = server.asked.map(({ body }) => JSON.parse(body));
  assert.deepEqual(types.at(-1), { from: "agent", type: "bye", payload: '{"reason":"shutdown"}' });
  assert.equal(types.filter(({ type }) => type === "bye").length, 1);
});

Deno.test("link: a relay that does not answer the bye is not waited for", async () => {
  const never = Promise.withResolvers<Response>();
  await using server = new ScriptedServer(() => never.promise);
  const { link: made } = link(server.base);
  const began = performance.now();
  await made.bye("", 100);
  assert.ok(performance.now() - began < 2_000);
  never.resolve(json(200, {}));
  await server.until(1);
});
