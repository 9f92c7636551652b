/** A process with agents and their viewers, which open sessions at a steady rate. */
import { serveCalls } from "../child_host.ts";
import { Balancer } from "./balancer.ts";
import { agentToken, viewerToken } from "./households.ts";
import type { Address } from "./http_connection.ts";
import { IdleAgent } from "./idle_agent.ts";
import { StormCounts, StormSide } from "./storm_session.ts";

export interface StormPlan {
  readonly addresses: readonly Address[];
  /** The first household, and how many. */
  readonly from: number;
  readonly count: number;
}

export interface StormPart {
  /** Session starts each second, for so many seconds. */
  readonly rate: number;
  readonly seconds: number;
  /** One in so many sessions is left without a word; undefined for none. */
  readonly abandoned?: number;
}

const SYNC_MS = 10_000;
const STARTING_AT_ONCE = 32;

/** A start that takes longer has failed, in milliseconds. */
const PATIENCE_MS = 40_000;

let plan: StormPlan;
let balancer: Balancer;
let counts = new StormCounts();
const ending = { ended: false };
/** Agents' sides by session, and viewers' requests that their agents have not heard of. */
const agents = new Map<string, StormSide>();
const viewers = new Map<string, StormSide>();
const openedAt = new Map<string, number>();
const heardAt = new Map<string, number>();

function onsession(sessionId: string, household: number): void {
  if (agents.has(sessionId)) return;
  heardAt.set(sessionId, performance.now());
  noteKnown(sessionId);
  const side = new StormSide(
    balancer,
    sessionId,
    agentToken(household),
    "agent",
    counts,
    () => viewers.get(sessionId),
    () => void side.send().catch(() => counts.fail("no instance took an agent's message")),
  );
  agents.set(sessionId, side);
  void side.stream.run().catch(() => counts.fail("no instance took an agent's event stream"));
}

function noteKnown(sessionId: string): void {
  const opened = openedAt.get(sessionId);
  const heard = heardAt.get(sessionId);
  if (opened === undefined || heard === undefined) return;
  counts.known.push(heard - opened);
  openedAt.delete(sessionId);
}

async function start(household: number, isAbandoned: boolean): Promise<void> {
  const token = viewerToken(household);
  const began = performance.now();
  const sessionId = await open(token);
  if (sessionId === undefined) return;
  openedAt.set(sessionId, began);
  noteKnown(sessionId);
  const side = new StormSide(
    balancer,
    sessionId,
    token,
    "browser",
    counts,
    () => agents.get(sessionId),
    () => counts.offerToAnswer.push(performance.now() - side.describedAt),
  );
  viewers.set(sessionId, side);
  const streaming = side.stream.run();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), PATIENCE_MS));
  const whole = async () => {
    await side.send();
    await side.complete;
    await agents.get(sessionId)?.complete;
  };
  const outcome = await Promise.race([whole(), late]);
  clearTimeout(timer);
  const agent = agents.get(sessionId);
  if (outcome === "late") {
    if (agent === undefined) counts.fail("an agent never heard of its session");
    else if (agent.got < side.kept || side.got < agent.kept) {
      counts.fail("a message that was taken was not there after 40 s");
    } else counts.fail("a session was not complete in time");
  } else counts.completed++;
  side.stream.close();
  agent?.stream.close();
  await streaming;
  if (!isAbandoned) await balancer.call("DELETE", `/api/stream/sessions/${sessionId}`, token);
  for (const table of [agents, viewers, openedAt, heardAt]) table.delete(sessionId);
}

/** Asks until a session is there; a relay whose store is away for a moment says so with 503. */
async function open(token: string): Promise<string | undefined> {
  let status = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    const answer = await balancer.call("POST", "/api/stream/sessions", token, {});
    counts.resent += answer.resent;
    status = answer.status;
    if (status === 201) return JSON.parse(answer.body).sessionId;
    if (status < 500 && status !== 429) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(answer.retryAfterMs ?? 250, 1_000)));
  }
  counts.fail(`a session was refused with ${status}`);
  return undefined;
}

await serveCalls({
  async begin(given: StormPlan): Promise<void> {
    plan = given;
    balancer = new Balancer(plan.addresses);
    let next = 0;
    const starter = async () => {
      while (next < plan.count) {
        const which = next++;
        const agent = new IdleAgent(plan.from + which, balancer, onsession, ending);
        await agent.start(SYNC_MS * which / plan.count);
      }
    };
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, starter));
  },

  async storm({ rate, seconds, abandoned }: StormPart): Promise<StormCounts> {
    counts = new StormCounts();
    const starts: Promise<void>[] = [];
    const count = Math.round(rate * seconds);
    const began = performance.now();
    for (let n = 0; n < count; n++) {
      const due = began + n * 1_000 / rate - performance.now();
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
      // Each household in its turn, far from the one before.
      const household = plan.from + (n * 617) % plan.count;
      const isAbandoned = abandoned !== undefined && n % abandoned === 0;
      starts.push(
        start(household, isAbandoned).catch((error) => counts.fail(`a viewer gave up: ${String(error)}`)),
      );
    }
    await Promise.all(starts);
    return counts;
  },

  end(): void {
    ending.ended = true;
    balancer.close();
  },
});
