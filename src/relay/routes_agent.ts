/** The agent's calls: register, sync, wake and deregister (control-plane.md 2 to 5). */
import type { Hono } from "hono";
import type { GenericSchema, InferOutput } from "valibot";
import { Deregister, type DispatchedSession, Register, SyncRequest } from "../signal/agent_api.ts";
import { readJson } from "./body.ts";
import { addressKeyOf, callerOf, type Relay, short } from "./context.ts";
import { RelayError, tooMany } from "./errors.ts";
import { MAX_SYNC_BYTES, RETRY_FULL } from "./limits.ts";
import { sessionIceServers } from "./session_ice_servers.ts";
import type { AgentOutcome, Session } from "./store.ts";

export function agentRoutes(app: Hono, relay: Relay): void {
  const { store, now, times } = relay;
  const read = <const S extends GenericSchema>(request: Request, schema: S): Promise<InferOutput<S>> =>
    readJson(request, schema, times.body);

  app.post("/api/internal/agent/register", async (c) => {
    const caller = await callerOf(relay, c, "agent");
    const facts = await read(c.req.raw, Register);
    await relay.allowances.registration(facts.agentId, caller.id, addressKeyOf(relay, c), now());
    admit(
      relay,
      facts.agentId,
      await store.register({ ...facts, account: caller.account }, caller.id, now()),
    );
    return c.json({ success: true });
  });

  app.post("/api/internal/agent/sync", async (c) => {
    const caller = await callerOf(relay, c, "agent");
    const facts = await read(c.req.raw, SyncRequest);
    await relay.allowances.sync(facts.agentId, caller.id, addressKeyOf(relay, c), now());
    const outcome = admit(
      relay,
      facts.agentId,
      await store.sync({ ...facts, account: caller.account }, caller.id, now()),
    );
    relay.metrics.agentSynced(facts.agentId, now());
    if (outcome === "ignored") return c.json({ webrtcSessions: [], watching: false });
    const [pending, lastViewer] = await Promise.all([
      store.pending(facts.agentId, caller.id, now()),
      store.lastViewer(caller.account),
    ]);
    return c.json({
      webrtcSessions: dispatch(relay, caller.account, pending),
      watching: lastViewer !== undefined && now() - lastViewer <= times.watching,
    });
  });

  app.get("/api/internal/agent/wake", async (c) => {
    const caller = await callerOf(relay, c, "agent");
    if (await store.openWakes(caller.id) >= relay.limits.wakesPerToken) {
      throw tooMany("too-many-wakes", "This token has too many wake requests open.", 5);
    }
    return c.json({ wake: await heldWake(relay, caller.id, c.req.raw.signal) });
  });

  app.post("/api/internal/agent/deregister", async (c) => {
    const caller = await callerOf(relay, c, "agent");
    const { agentId } = await read(c.req.raw, Deregister);
    await relay.allowances.sync(agentId, caller.id, addressKeyOf(relay, c), now());
    if (!await store.deregister(agentId, caller.id, now())) throw taken();
    relay.log("info", "agent left", { agent: short(agentId) });
    return c.json({ success: true });
  });
}

/** Waits for a wake of the token `owner` until it comes, the hold is over, the relay drains or the client leaves. */
async function heldWake(relay: Relay, owner: string, client: AbortSignal): Promise<boolean> {
  const hold = new AbortController();
  const stop = () => hold.abort();
  const timer = setTimeout(stop, relay.times.wake);
  relay.draining.addEventListener("abort", stop);
  client.addEventListener("abort", stop);
  if (relay.draining.aborted || client.aborted) stop();
  try {
    const woken = await relay.store.awaitWake(owner, hold.signal);
    // Nobody is left to hear this answer: keep it for the next request.
    if (woken && client.aborted) await relay.store.wake(owner);
    return woken;
  } finally {
    clearTimeout(timer);
    relay.draining.removeEventListener("abort", stop);
    client.removeEventListener("abort", stop);
  }
}

/** Lets pass what the store accepted; the rest becomes the right answer. */
function admit(relay: Relay, agentId: string, outcome: AgentOutcome): AgentOutcome {
  if (outcome === "taken") throw taken();
  if (outcome === "full") {
    relay.log("warn", "agent refused: too many agents", { agent: short(agentId) });
    throw tooMany("too-many-agents", "This relay has no room for another agent.", RETRY_FULL);
  }
  if (outcome === "new") relay.log("info", "agent registered", { agent: short(agentId) });
  return outcome;
}

function taken(): RelayError {
  return new RelayError(403, "agent-taken", "Another token has registered this agentId.");
}

/** The sessions of a sync answer, oldest first; those above the size bound follow with a later one. */
function dispatch(relay: Relay, account: string, sessions: readonly Session[]): DispatchedSession[] {
  const nameViewer = relay.tokens.viewers(account) > 1;
  const dispatched: DispatchedSession[] = [];
  let left = MAX_SYNC_BYTES;
  for (const { sessionId, filePath, viewer } of sessions) {
    const iceServers = sessionIceServers(relay, sessionId);
    const session = {
      sessionId,
      transport: "webrtc",
      filePath,
      ...(nameViewer ? { viewer } : {}),
      ...(iceServers.length > 0 ? { iceServers } : {}),
    };
    left -= new TextEncoder().encode(JSON.stringify(session)).byteLength + 1;
    if (left < 0) break;
    dispatched.push(session);
  }
  return dispatched;
}
