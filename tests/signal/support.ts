import { AgentClient } from "../../src/signal/agent_client.ts";
import type { AgentSettings } from "../../src/signal/agent_settings.ts";
import type { AgentRefused } from "../../src/signal/refusal.ts";
import { type Asked, json, ScriptedServer } from "../support/scripted_server.ts";

/** Times for tests. */
const QUICK: Partial<AgentSettings> = {
  syncMs: 60_000,
  watchedSyncMs: 50,
  registerWait: { firstMs: 20, maxMs: 100 },
  syncWait: { firstMs: 20, maxMs: 100 },
  wakeWait: { firstMs: 20, maxMs: 100 },
  wakeGapMs: 10,
  wakeTimeoutMs: 2_000,
};

export const IDENTITY = { agentId: "a1", name: "box", version: "1.0.0", os: "linux", arch: "amd64" };

/** Requests whose path ends so. */
export const named = (name: string) => ({ path }: Asked) => path.endsWith(`/${name}`);

/** A client of the relay at `base`, and what becomes of it. */
export function client(base: string, settings: Partial<AgentSettings> = {}, mirrors: readonly string[] = []) {
  const log: string[] = [];
  const made = new AgentClient({
    base,
    mirrors,
    token: "key",
    identity: IDENTITY,
    settings: { ...QUICK, ...settings },
    log: (level, message) => log.push(`${level} ${message}`),
  });
  const sessions: string[] = [];
  let wake = () => {};
  made.onsession = ({ sessionId }) => {
    sessions.push(sessionId);
    wake();
  };
  const dispatched = async (count: number) => {
    while (sessions.length < count) await new Promise<void>((resolve) => wake = resolve);
  };
  const refused = new Promise<AgentRefused>((resolve) => made.onrefused = resolve);
  return { made, sessions, refused, dispatched, log };
}

/** A relay whose wake stays open until `stop`, and whose other calls answer as given. */
export function relay(answers: Record<string, (asked: Asked, index: number) => Response>) {
  const stop = Promise.withResolvers<Response>();
  const counts: Record<string, number> = {};
  const server = new ScriptedServer((asked) => {
    const name = asked.path.split("/").at(-1)!;
    const index = counts[name] = (counts[name] ?? -1) + 1;
    const answer = answers[name];
    if (answer !== undefined) return answer(asked, index);
    return name === "wake" ? stop.promise.then((response) => response.clone()) : json(200, {});
  });
  return { server, stop: () => stop.resolve(json(200, { wake: false })) };
}
