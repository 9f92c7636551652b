import { getLogger } from "@logtape/logtape";
import { createRelay, type RelayOptions } from "./app.ts";
import type { AccessLine } from "./access_log.ts";
import type { Log } from "./context.ts";
import { HttpServer } from "./http_server.ts";
import { drain } from "./drain.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "./limits.ts";
import { measuredStore } from "./measured_store.ts";
import { MemoryStore } from "./memory_store.ts";
import type { RelayFigures } from "./relay_figures.ts";
import { RelayMetrics } from "./relay_metrics.ts";

export interface ListenOptions extends Omit<RelayOptions, "accessLog" | "metrics"> {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether each request makes a line of the log. */
  readonly accessLog?: boolean;
}

/** A relay on a port. */
export interface RelayServer {
  readonly port: number;
  /** Lets in others from here on. Open streams end: who still may opens them again. */
  admit(
    access: Pick<RelayOptions, "agentTokens" | "viewerTokens" | "iceServers" | "turn" | "trustProxy">,
  ): void;
  /** What it has done, and does. */
  figures(): RelayFigures;
  /**
   * Lets event streams and requests under way come to their end for `drainMs` milliseconds, then ends what is left.
   * 0: ends event streams at once, and waits for the requests under way.
   */
  stop(drainMs: number): Promise<void>;
}

/** Of a relay in a thread. */
export const relayLog: Log = (level, message, properties = {}) =>
  getLogger(["unarr", "relay"])[level](message, properties);

const access = (line: AccessLine) =>
  getLogger(["unarr", "relay", "access"]).info(
    "{method} {route} {status} {ms} ms {bytes} bytes {role} {principal}",
    { ...line },
  );

/**
 * Serves a relay over HTTP.
 *
 * @throws {Error} with a sentence for the user, where the address cannot be had
 */
export function listen({ hostname, port, accessLog = false, ...options }: ListenOptions): RelayServer {
  // Sessions outlive those who may ask for them.
  const times = { ...DEFAULT_TIMES, ...options.times };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = new RelayMetrics(times.online, limits.agents);
  const common: RelayOptions = {
    log: relayLog,
    ...options,
    store: options.store === undefined
      ? new MemoryStore({ times, limits })
      : measuredStore(options.store, metrics),
    metrics,
    ...(accessLog ? { accessLog: access } : {}),
  };
  let relay = createRelay(common);
  try {
    const server = new HttpServer({
      hostname,
      port,
      log: relayLog,
      handler: (request, environment) => relay.fetch(request, environment),
    });
    return {
      port: server.port,
      admit: (admission) => {
        const former = relay;
        relay = createRelay({ ...common, ...admission });
        former.close();
      },
      figures: () => metrics.figures(Date.now()),
      stop: async (drainMs) => {
        if (drainMs > 0) return await drain(relay, server, drainMs);
        relay.close();
        await server.shutdown();
      },
    };
  } catch (error) {
    relay.close();
    throw listenError(error, hostname, port);
  }
}

function listenError(error: unknown, hostname: string, port: number): Error {
  const where = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new Error(`${where} is taken by another program: choose another address with --listen`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new Error(`listening on ${where} is not permitted: choose a port above 1023 with --listen`);
  }
  return new Error(`cannot listen on ${where}: ${error instanceof Error ? error.message : String(error)}`);
}
