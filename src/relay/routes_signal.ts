/** Messages between the two sides of a session: post one, read the other side's (signalling.md 8). */
import type { Context, Hono } from "hono";
import { OutgoingEnvelope } from "../signal/envelope.ts";
import { readJson } from "./body.ts";
import { callerOf, type Relay } from "./context.ts";
import { noSuchSession, RelayError, tooMany } from "./errors.ts";
import { eventStream } from "./event_stream.ts";
import { MAX_EVENT_LINE_BYTES, MAX_PAYLOAD_BYTES, RETRY_FULL } from "./limits.ts";
import { envelopeText, ownSession, sideOf } from "./session_access.ts";

const SIGNAL = "/api/internal/stream/signal/:sessionId";

export function signalRoutes(app: Hono, relay: Relay): void {
  const { store, now, times } = relay;

  app.post(SIGNAL, async (c) => {
    const caller = await callerOf(relay, c);
    const sessionId = await ownSession(relay, c.req.param("sessionId"), caller);
    const side = sideOf(caller);
    relay.allowances.post(side, sessionId, now());
    const message = await readJson(c.req.raw, OutgoingEnvelope, times.body);
    if (message.from !== side) {
      throw new RelayError(403, "wrong-from", `This token speaks as "${side}" only.`);
    }
    const data = envelopeText(message, now());
    if (
      byteLength(message.payload) > MAX_PAYLOAD_BYTES ||
      byteLength(`data: ${data}`) > MAX_EVENT_LINE_BYTES
    ) {
      throw new RelayError(413, "payload-too-large", `A payload has at most ${MAX_PAYLOAD_BYTES} bytes.`);
    }
    const other = side === "agent" ? "browser" : "agent";
    const kept = await store.append(sessionId, other, data, now(), message.idempotencyKey);
    if (kept === "gone") throw noSuchSession();
    if (kept === "full") {
      relay.log("warn", "message refused: the store is full");
      throw tooMany("relay-full", "This relay has no room for more messages.", RETRY_FULL);
    }
    return c.json({ ok: true });
  });

  app.get(`${SIGNAL}/events`, async (c) => {
    const caller = await callerOf(relay, c);
    const sessionId = await ownSession(relay, c.req.param("sessionId"), caller);
    const after = lastEventId(c);
    relay.allowances.stream(sideOf(caller), sessionId, now());
    if (relay.metrics.openStreams >= relay.limits.streams) {
      throw tooMany("too-many-streams", "This relay has too many event streams open.", 5);
    }
    relay.metrics.openStreams += 1;
    try {
      const place = await store.openReader(sessionId, sideOf(caller), after, now());
      if (place === undefined) throw noSuchSession();
      return eventStream({
        store,
        place,
        duration: times.stream,
        heartbeat: times.heartbeat,
        now,
        log: relay.log,
        closing: relay.closing,
        onMessage: () => relay.metrics.count("unarr_relay_messages_out_total", { to: caller.role }),
        onEnd: () => relay.metrics.openStreams -= 1,
      });
    } catch (error) {
      relay.metrics.openStreams -= 1;
      throw error;
    }
  });
}

/**
 * The last id the reader has, or 0. The header wins: a browser that reconnects sends it along with the URL it
 * started with.
 *
 * @throws RelayError 400 where it is no id of ours
 */
function lastEventId(context: Context): number {
  const header = context.req.raw.headers.get("Last-Event-ID")?.trim();
  const [text, field] = header ? [header, "Last-Event-ID"] : [context.req.query("after"), "after"];
  if (text === undefined || text === "") return 0;
  if (!/^\d{1,15}$/.test(text)) {
    throw new RelayError(400, "bad-field", `"${field}" must be the id of an event.`);
  }
  return Number(text);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
