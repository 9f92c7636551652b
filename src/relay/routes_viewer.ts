/** The viewer's calls: which agents there are, open a session, delete it (relay.md). */
import type { Hono } from "hono";
import { type CreatedSession, CreateSession } from "../signal/relay_api.ts";
import { readJson } from "./body.ts";
import { addressKeyOf, callerOf, type Relay, short } from "./context.ts";
import { noSuchSession, RelayError, tooMany } from "./errors.ts";
import { RETRY_FULL, RETRY_OFFLINE } from "./limits.ts";
import { present, type PresentAgent, presentAgents } from "./presence.ts";
import { envelopeText, ownSession } from "./session_access.ts";
import { sessionIceServers } from "./session_ice_servers.ts";
import type { Store } from "./store.ts";

export function viewerRoutes(app: Hono, relay: Relay): void {
  const { store, now, times } = relay;

  app.get("/api/stream/agents", async (c) => {
    const { account } = await callerOf(relay, c, "viewer");
    const agents = await presentAgents(store, account, now(), times.online);
    return c.json({
      agents: agents.map(({ agentId, name, version, online }) => ({ agentId, name, version, online })),
    });
  });

  app.post("/api/stream/sessions", async (c) => {
    const viewer = await callerOf(relay, c, "viewer");
    await relay.allowances.opening(viewer.id, addressKeyOf(relay, c), now());
    const asked = await readJson(c.req.raw, CreateSession, times.body);
    const { agentId } = asked;
    const agent = agentId === undefined
      ? chooseAgent(await presentAgents(store, viewer.account, now(), times.online))
      : await namedAgent(store, viewer.account, agentId, now(), times.online);
    if (!agent.online) {
      throw new RelayError(503, "agent-offline", "The agent is offline.", { retryAfter: RETRY_OFFLINE });
    }
    const session = await store.createSession({
      sessionId: newSessionId(),
      agentId: agent.agentId,
      owner: agent.owner,
      viewer: viewer.id,
      filePath: asked.filePath ?? "",
    }, now());
    if (typeof session === "string") {
      relay.log("warn", "session refused", { reason: session, viewer: viewer.id });
      throw tooMany("too-many-sessions", FULL[session], RETRY_FULL);
    }
    relay.holders.remember(session.sessionId, session);
    await store.wake(agent.owner);
    relay.log("debug", "session made", { session: short(session.sessionId), viewer: viewer.id });
    const answer: CreatedSession = {
      sessionId: session.sessionId,
      agentId: session.agentId,
      iceServers: sessionIceServers(relay, session.sessionId),
      expiresAt: session.expiresAt,
    };
    return c.json(answer, 201);
  });

  app.delete("/api/stream/sessions/:sessionId", async (c) => {
    const viewer = await callerOf(relay, c, "viewer");
    const sessionId = await ownSession(relay, c.req.param("sessionId"), viewer);
    const bye = envelopeText({ from: "browser", type: "bye", payload: "" }, now());
    if (!await store.closeSession(sessionId, bye, now())) throw noSuchSession();
    relay.log("debug", "session deleted", { session: short(sessionId), viewer: viewer.id });
    return c.body(null, 204);
  });
}

const FULL = {
  "viewer-full": "This token has too many sessions open.",
  "agent-full": "This agent has too many sessions open.",
  "relay-full": "This relay has too many sessions open.",
} as const;

/**
 * The agent that a viewer of `account` names. One of another account is as one that is not there.
 *
 * @throws RelayError 404
 */
async function namedAgent(
  store: Store,
  account: string,
  agentId: string,
  now: number,
  onlineFor: number,
): Promise<PresentAgent> {
  const agent = await store.agent(agentId, now);
  if (agent === undefined || agent.account !== account) {
    throw new RelayError(404, "no-such-agent", "There is no such agent.");
  }
  return await present(store, agent, now, onlineFor);
}

/**
 * The agent of a session that names none: the only one that is registered; one that left a short time ago stands
 * in only where there is no other.
 *
 * @throws RelayError 404 or 409
 */
function chooseAgent(agents: readonly PresentAgent[]): PresentAgent {
  const registered = agents.filter((agent) => agent.departedAt === undefined);
  const [agent, another] = registered.length > 0 ? registered : agents;
  if (agent === undefined) throw new RelayError(404, "no-agent", "No agent is known here.");
  if (another !== undefined) {
    throw new RelayError(409, "several-agents", 'Several agents are known: "agentId" must name one.');
  }
  return agent;
}

/** 128 random bits: the id is what keeps strangers out of a session, together with the token. */
function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
