/** A process with thousands of agents that do nothing but wait, and viewers of some of them. */
import { serveCalls } from "../child_host.ts";
import { Balancer } from "./balancer.ts";
import { viewerToken } from "./households.ts";
import type { Address } from "./http_connection.ts";
import { IdleAgent } from "./idle_agent.ts";

export interface IdlePlan {
  readonly address: Address;
  /** The first household, and how many. */
  readonly from: number;
  readonly count: number;
}

export interface TricklePlan {
  /** Sessions each second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Trickle {
  /** Milliseconds from the viewer's request to the agent's knowledge of its session. */
  readonly known: readonly number[];
  readonly opened: number;
  readonly refused: number;
  /** Sessions that no agent heard of within 15 s. */
  readonly lost: number;
}

const SYNC_MS = 10_000;
const STARTING_AT_ONCE = 64;
const LOST_MS = 15_000;

let plan: IdlePlan;
let balancer: Balancer;
const ending = { ended: false };
const waiting = new Map<string, (at: number) => void>();
/** Sessions that an agent heard of before their viewer had its answer. */
const early = new Map<string, number>();

await serveCalls({
  async start(given: IdlePlan): Promise<void> {
    plan = given;
    balancer = new Balancer([plan.address]);
    let next = 0;
    const onsession = (sessionId: string) => {
      const at = performance.now();
      const take = waiting.get(sessionId);
      if (take === undefined) early.set(sessionId, at);
      else take(at);
    };
    const starter = async () => {
      while (next < plan.count) {
        const which = next++;
        const agent = new IdleAgent(plan.from + which, balancer, onsession, ending);
        await agent.start(SYNC_MS * which / plan.count);
      }
    };
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, starter));
  },

  async trickle({ rate, seconds }: TricklePlan): Promise<Trickle> {
    const known: number[] = [];
    let opened = 0;
    let refused = 0;
    let lost = 0;
    const open = async (household: number) => {
      const began = performance.now();
      const token = viewerToken(household);
      const answer = await balancer.call("POST", "/api/stream/sessions", token, {});
      if (answer.status !== 201) return void refused++;
      opened++;
      const { sessionId } = JSON.parse(answer.body);
      const heard = early.get(sessionId) ?? await new Promise<number | undefined>((resolve) => {
        const timer = setTimeout(() => resolve(undefined), LOST_MS);
        waiting.set(sessionId, (at) => {
          clearTimeout(timer);
          resolve(at);
        });
      });
      waiting.delete(sessionId);
      early.delete(sessionId);
      if (heard === undefined) lost++;
      else known.push(heard - began);
      await balancer.call("DELETE", `/api/stream/sessions/${sessionId}`, token);
    };
    const openings: Promise<void>[] = [];
    const count = Math.round(rate * seconds);
    const began = performance.now();
    for (let n = 0; n < count; n++) {
      const due = began + n * 1_000 / rate;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      openings.push(open(plan.from + Math.floor(plan.count * (n * 0.618034 % 1))));
    }
    await Promise.all(openings);
    early.clear();
    return { known, opened, refused, lost };
  },

  stop(): void {
    ending.ended = true;
    balancer.close();
  },
});
