/** Agents that wait: what each costs a relay in memory and time, and how soon one hears of a session. */
import { Child } from "../child.ts";
import { percentile } from "../statistics.ts";
import { cpuTicks, statusBytes } from "../process_usage.ts";
import type { Trickle } from "./idle_driver.ts";
import { RelayProcess } from "./relay_process.ts";

export interface IdleOptions {
  readonly agents: number;
  /** Of the measured part. */
  readonly seconds: number;
  /** Sessions opened each second meanwhile. */
  readonly rate: number;
  /** Processes that play agents. */
  readonly drivers: number;
  /** Before memory is read, in seconds. */
  readonly settle: number;
}

export interface IdleReport {
  readonly agents: number;
  readonly seconds: number;
  /** Resident memory of the relay's process without an agent, and with all of them. */
  readonly emptyBytes: number;
  readonly fullBytes: number;
  readonly bytesPerAgent: number;
  /** Share of one core that the relay took. */
  readonly cores: number;
  readonly cpuMicrosecondsPerAgentSecond: number;
  readonly sessions: { readonly opened: number; readonly refused: number; readonly lost: number };
  /** Milliseconds from the viewer's request for a session to the agent's sync that lists it. */
  readonly wakeToSync: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Clock ticks a second in `/proc`. */
const USER_HZ = 100;

const STARTING_MS = 300_000;

export async function measureIdle(options: IdleOptions, say: (line: string) => void): Promise<IdleReport> {
  const { agents, seconds, rate, drivers, settle } = options;
  await using relay = await RelayProcess.start({
    port: 0,
    households: agents,
    limits: { agents, streams: agents, sessions: agents },
  });
  const wait = (s: number) => new Promise((resolve) => setTimeout(resolve, s * 1_000));
  await wait(Math.min(settle, 5));
  const emptyBytes = await resident(relay.pid);
  await using stack = new AsyncDisposableStack();
  const share = Math.ceil(agents / drivers);
  const children = await Promise.all(
    Array.from({ length: drivers }, () => Child.start(new URL("idle_driver.ts", import.meta.url), "agents")),
  );
  for (const child of children) stack.use(child);
  await Promise.all(children.map((child, i) => {
    // Each driver speaks to an address of its own of the loopback, and so has all its ports for itself.
    const address = { ...relay.address, hostname: `127.0.0.${i + 1}` };
    const count = Math.min(share, agents - i * share);
    return child.call("start", { address, from: i * share, count }, STARTING_MS);
  }));
  say(`${agents} agents wait; settling for ${settle} s`);
  await wait(settle);
  const before = await ticks(relay.pid);
  const began = performance.now();
  const trickles = await Promise.all(
    children.map((child) =>
      child.call<Trickle>("trickle", { rate: rate / drivers, seconds }, (seconds + 60) * 1_000)
    ),
  );
  const elapsed = (performance.now() - began) / 1_000;
  const cpuSeconds = (await ticks(relay.pid) - before) / USER_HZ;
  const fullBytes = await resident(relay.pid);
  const known = trickles.flatMap(({ known }) => known);
  const sum = (of: (trickle: Trickle) => number) => trickles.reduce((all, one) => all + of(one), 0);
  return {
    agents,
    seconds: elapsed,
    emptyBytes,
    fullBytes,
    bytesPerAgent: (fullBytes - emptyBytes) / agents,
    cores: cpuSeconds / elapsed,
    cpuMicrosecondsPerAgentSecond: cpuSeconds * 1e6 / elapsed / agents,
    sessions: { opened: sum((t) => t.opened), refused: sum((t) => t.refused), lost: sum((t) => t.lost) },
    wakeToSync: { p50: percentile(known, 0.5), p99: percentile(known, 0.99), max: Math.max(...known) },
  };
}

async function resident(pid: number): Promise<number> {
  return statusBytes(await Deno.readTextFile(`/proc/${pid}/status`), "VmRSS");
}

async function ticks(pid: number): Promise<number> {
  return cpuTicks(await Deno.readTextFile(`/proc/${pid}/stat`));
}
