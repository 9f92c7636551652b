/** Several relays with one store, and sessions that start while instances are killed. */
import { RedisServer } from "../../tests/support/redis_server.ts";
import { seeded } from "../../tests/support/seeded.ts";
import { Child } from "../child.ts";
import { cpuTicks } from "../process_usage.ts";
import { percentile } from "../statistics.ts";
import { RelayProcess } from "./relay_process.ts";
import type { StormCounts } from "./storm_session.ts";

export interface StormOptions {
  readonly relays: number;
  readonly agents: number;
  /** Session starts each second. */
  readonly rate: number;
  readonly seconds: number;
  /** Seconds between two instances that are killed and started again; 0 for none. */
  readonly "kill-every": number;
  readonly drivers: number;
  readonly seed: number;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface StormReport {
  readonly relays: number;
  readonly agents: number;
  readonly startsPerSecond: number;
  readonly seconds: number;
  readonly kills: number;
  readonly completed: number;
  readonly messages: number;
  readonly resentRequests: number;
  readonly repeatedAfterResending: number;
  /** Milliseconds from the viewer's request for a session to the agent's knowledge of it. */
  readonly sessionKnown: Spread;
  /** From the posting of a description to its arrival at the other side. */
  readonly offerDelivery: Spread;
  readonly answerDelivery: Spread;
  /** From the posting of the offer to the arrival of the answer. */
  readonly offerToAnswer: Spread;
  /** Seconds of processor time for each start, of all relays; null where some were killed. */
  readonly relayCpuPerStart: number | null;
  readonly redisCpuPerStart: number;
  /** Of the processes that play agents and viewers, which are on the same machine. */
  readonly driverCpuPerStart: number;
  readonly redisCommandsPerStart: number;
  /** What went wrong, with how often; a run without is right. */
  readonly failures: readonly string[];
}

const USER_HZ = 100;
const STARTING_MS = 120_000;

export async function measureStorm(options: StormOptions, say: (line: string) => void): Promise<StormReport> {
  const { agents, rate, seconds, drivers, seed } = options;
  await using redis = await RedisServer.start();
  await using stack = new AsyncDisposableStack();
  const relays = await Promise.all(
    Array.from({ length: options.relays }, () =>
      RelayProcess.start({
        port: 0,
        households: agents,
        limits: { agents, sessions: 100_000, streams: 20_000, totalBytes: 1e9 },
        store: redis.url,
      })),
  );
  for (const relay of relays) stack.use(relay);
  const children = await Promise.all(
    Array.from({ length: drivers }, () => Child.start(new URL("storm_driver.ts", import.meta.url), "storm")),
  );
  for (const child of children) stack.use(child);
  const share = Math.ceil(agents / drivers);
  const addresses = relays.map(({ address }) => address);
  await Promise.all(children.map((child, i) => {
    const plan = { addresses, from: i * share, count: Math.min(share, agents - i * share) };
    return child.call("begin", plan, STARTING_MS);
  }));
  say(`${agents} agents wait at ${relays.length} relays`);

  let kills = 0;
  const random = seeded(seed);
  const over = new AbortController();
  const killing = killAtRandom(relays, options["kill-every"], random, over.signal, () => kills++);
  const before = await usage(redis, relays, children);
  const began = performance.now();
  const parts = await Promise.all(
    children.map((child) =>
      child.call<StormCounts>("storm", { rate: rate / drivers, seconds }, (seconds + 120) * 1_000)
    ),
  );
  const elapsed = (performance.now() - began) / 1_000;
  over.abort();
  await killing;
  const after = await usage(redis, relays, children);
  const sum = (of: (part: StormCounts) => number) => parts.reduce((all, part) => all + of(part), 0);
  const starts = Math.round(rate / drivers * seconds) * drivers;
  const failures = failuresOf(parts);
  const completed = sum((part) => part.completed);
  if (completed + 0 < starts && failures.length === 0) failures.push(`${starts - completed} starts vanished`);
  return {
    relays: relays.length,
    agents,
    startsPerSecond: starts / seconds,
    seconds: elapsed,
    kills,
    completed,
    messages: sum((part) => part.messages),
    resentRequests: sum((part) => part.resent),
    repeatedAfterResending: sum((part) => part.repeated),
    sessionKnown: spread(parts.flatMap(({ known }) => known)),
    offerDelivery: spread(parts.flatMap(({ offer }) => offer)),
    answerDelivery: spread(parts.flatMap(({ answer }) => answer)),
    offerToAnswer: spread(parts.flatMap(({ offerToAnswer }) => offerToAnswer)),
    relayCpuPerStart: kills > 0 ? null : (after.relays - before.relays) / starts,
    driverCpuPerStart: (after.drivers - before.drivers) / starts,
    redisCpuPerStart: (after.redis - before.redis) / starts,
    redisCommandsPerStart: (after.commands - before.commands) / starts,
    failures,
  };
}

/** Kills one instance after the other, each time another one at random, and starts it again. */
async function killAtRandom(
  relays: readonly RelayProcess[],
  everySeconds: number,
  random: () => number,
  signal: AbortSignal,
  killed: () => void,
): Promise<void> {
  if (everySeconds === 0) return;
  for (;;) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everySeconds * 1_000 * (0.5 + random()));
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
    if (signal.aborted) return;
    const relay = relays[Math.floor(random() * relays.length)]!;
    await relay.kill();
    killed();
    await relay.restart();
  }
}

function failuresOf(parts: readonly StormCounts[]): string[] {
  const all = new Map<string, number>();
  for (const { failures } of parts) {
    for (const [what, count] of Object.entries(failures)) all.set(what, (all.get(what) ?? 0) + count);
  }
  return [...all].map(([what, count]) => `${count} × ${what}`);
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { p50: NaN, p99: NaN, max: NaN };
  return {
    p50: percentile(values, 0.5),
    p99: percentile(values, 0.99),
    max: values.reduce((most, value) => Math.max(most, value), 0),
  };
}

async function usage(
  redis: RedisServer,
  relays: readonly RelayProcess[],
  drivers: readonly Child[],
) {
  const info = await redis.command("INFO");
  const field = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1]);
  return {
    relays: await cpuSeconds(relays),
    drivers: await cpuSeconds(drivers),
    redis: field("used_cpu_sys") + field("used_cpu_user"),
    commands: field("total_commands_processed"),
  };
}

/** User and system time of processes, in seconds. */
async function cpuSeconds(processes: readonly { readonly pid: number }[]): Promise<number> {
  const ticks = await Promise.all(
    processes.map(async ({ pid }) => cpuTicks(await Deno.readTextFile(`/proc/${pid}/stat`))),
  );
  return ticks.reduce((all, one) => all + one, 0) / USER_HZ;
}
