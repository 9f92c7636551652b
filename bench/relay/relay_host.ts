/**
 * A relay in this process, which listens as the program's thread does, with bounds and times that the program does
 * not offer; says on standard output where it listens. Its one argument is a {@link HostOptions} as JSON.
 */
import type { Limits, Times } from "../../src/relay/app.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../src/relay/limits.ts";
import { listen } from "../../src/relay/listen.ts";
import { RedisStore } from "../../src/relay/redis/redis_store.ts";
import { tokenLines } from "./households.ts";

export interface HostOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly households: number;
  readonly times?: Partial<Times>;
  readonly limits?: Partial<Limits>;
  /** A store that several share; in memory where there is none. */
  readonly store?: string;
}

const options: HostOptions = JSON.parse(Deno.args[0]!);
const { agents, viewers } = tokenLines(options.households);
const rules = {
  times: { ...DEFAULT_TIMES, ...options.times },
  limits: { ...DEFAULT_LIMITS, ...options.limits },
};
const store = options.store === undefined ? undefined : await RedisStore.open({
  address: { url: options.store, username: undefined, password: undefined },
  rules,
});
const server = listen({
  hostname: "0.0.0.0",
  port: options.port,
  agentTokens: agents,
  viewerTokens: viewers,
  ...rules,
  ...(store === undefined ? {} : { store }),
});
Deno.stdout.writeSync(new TextEncoder().encode(`${server.port}\n`));
