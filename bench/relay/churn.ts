/** A week of sessions in minutes: what they leave behind in a relay and in Redis. */
import { RedisServer } from "../../tests/support/redis_server.ts";
import { median, slope } from "../../tests/soak/statistics.ts";
import { Child } from "../child.ts";
import { statusBytes } from "../process_usage.ts";
import { RelayProcess } from "./relay_process.ts";
import type { StormCounts } from "./storm_session.ts";

export interface ChurnOptions {
  readonly households: number;
  /** Sessions of each: one an hour for a week are 168. */
  readonly "sessions-each": number;
  readonly seconds: number;
}

export interface ChurnReport {
  readonly households: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly completed: number;
  /** Of the relay's process and of Redis' data: medians of the third and of the last quarter of the time. */
  readonly relayBytes: { readonly thirdQuarter: number; readonly lastQuarter: number };
  readonly redisBytes: { readonly thirdQuarter: number; readonly lastQuarter: number };
  /** Of the second half, for each thousand sessions. */
  readonly relayBytesPerThousand: number;
  readonly redisBytesPerThousand: number;
  /** Keys in Redis while it runs, and once sessions have expired: those of agents, wakes and viewers stay a while. */
  readonly keys: { readonly atMost: number; readonly afterwards: number; readonly ofSessions: number };
  readonly failures: readonly string[];
}

/** What lasts minutes lasts seconds, so that a week's sessions expire within the run. */
const TIMES = {
  stream: 2_500,
  heartbeat: 900,
  wake: 2_800,
  session: 10_000,
  closed: 500,
  listing: 10_000,
  departed: 3_000,
  silent: 36_000,
  watching: 1_000,
};

/** One in so many sessions is left by its viewer without a word. */
const ABANDONED = 4;

/** What keeps nothing may differ by so much all the same, in bytes: a collector takes its time. */
const RELAY_TOLERANCE = 16e6;
const REDIS_TOLERANCE = 2e6;

/** Every session has expired so long after the last call, in milliseconds. */
const EXPIRED_MS = 110_000;

interface Look {
  readonly at: number;
  readonly relay: number;
  readonly redis: number;
  readonly keys: number;
}

export async function measureChurn(options: ChurnOptions, say: (line: string) => void): Promise<ChurnReport> {
  const { households, seconds } = options;
  const sessions = households * options["sessions-each"];
  await using redis = await RedisServer.start();
  await using relay = await RelayProcess.start({ port: 0, households, times: TIMES, store: redis.url });
  await using driver = await Child.start(new URL("storm_driver.ts", import.meta.url), "churn");
  await driver.call("begin", { addresses: [relay.address], from: 0, count: households }, 60_000);
  say(`${sessions} sessions of ${households} households in ${seconds} s`);
  const looks: Look[] = [];
  const began = performance.now();
  let over = false;
  const watching = (async () => {
    while (!over) {
      looks.push(await look(relay.pid, redis, performance.now() - began));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  const plan = { rate: sessions / seconds, seconds, abandoned: ABANDONED };
  const counts = await driver.call<StormCounts>("storm", plan, (seconds + 120) * 1_000);
  const elapsed = performance.now() - began;
  over = true;
  await watching;
  await driver.call("end", {}, 10_000);
  await driver[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, EXPIRED_MS));
  const afterwards = await look(relay.pid, redis, 0);
  const left = await redis.command("--scan", "--pattern", "*:[ms]es*:*");
  const ofSessions = left === "" ? 0 : left.split("\n").length;
  const part = (from: number, to: number) =>
    looks.filter(({ at }) => at >= elapsed * from && at <= elapsed * to);
  const quarters = (of: (look: Look) => number) => ({
    thirdQuarter: median(part(0.5, 0.75).map(of)),
    lastQuarter: median(part(0.75, 1).map(of)),
  });
  const perThousand = (of: (look: Look) => number) =>
    slope(part(0.5, 1).map((look) => [look.at * sessions / elapsed / 1_000, of(look)] as const));
  const relayBytes = quarters(({ relay }) => relay);
  const redisBytes = quarters(({ redis }) => redis);
  const failures = Object.entries(counts.failures).map(([what, count]) => `${count} × ${what}`);
  if (relayBytes.lastQuarter - relayBytes.thirdQuarter > RELAY_TOLERANCE) {
    failures.push("the relay's memory grew");
  }
  if (redisBytes.lastQuarter - redisBytes.thirdQuarter > REDIS_TOLERANCE) failures.push("Redis' memory grew");
  if (ofSessions > 0) failures.push(`${ofSessions} keys of sessions were left in Redis`);
  return {
    households,
    sessions,
    seconds: elapsed / 1_000,
    completed: counts.completed,
    relayBytes,
    redisBytes,
    relayBytesPerThousand: perThousand(({ relay }) => relay),
    redisBytesPerThousand: perThousand(({ redis }) => redis),
    keys: { atMost: Math.max(...looks.map(({ keys }) => keys)), afterwards: afterwards.keys, ofSessions },
    failures,
  };
}

async function look(pid: number, redis: RedisServer, at: number): Promise<Look> {
  const info = await redis.command("INFO", "memory");
  return {
    at,
    relay: statusBytes(await Deno.readTextFile(`/proc/${pid}/status`), "VmRSS"),
    redis: Number(/^used_memory:(\d+)/m.exec(info)?.[1]),
    keys: Number(await redis.command("DBSIZE")),
  };
}
