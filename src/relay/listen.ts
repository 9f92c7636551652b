import { getLogger } from "@logtape/logtape";
import { createRelay, type RelayOptions } from "./app.ts";
import type { Log } from "./context.ts";
import { HttpServer } from "./http_server.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "./limits.ts";
import { MemoryStore } from "./memory_store.ts";

export interface ListenOptions extends RelayOptions {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** A relay on a port. */
export interface RelayServer {
  readonly port: number;
  /** Lets in others from here on. Open streams end: who still may opens them again. */
  admit(
    access: Pick<RelayOptions, "agentTokens" | "viewerTokens" | "iceServers" | "turn" | "trustProxy">,
  ): void;
  /** Ends open event streams, and waits for the requests under way. */
  stop(): Promise<void>;
}

/** Of a relay in a thread. */
export const relayLog: Log = (level, message, properties = {}) =>
  getLogger(["unarr", "relay"])[level](message, properties);

/**
 * Serves a relay over HTTP.
 *
 * @throws {Error} with a sentence for the user, where the address cannot be had
 */
export function listen({ hostname, port, ...options }: ListenOptions): RelayServer {
  // Sessions outlive those who may ask for them.
  const store = options.store ?? new MemoryStore({
    times: { ...DEFAULT_TIMES, ...options.times },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  });
  let relay = createRelay({ log: relayLog, store, ...options });
  try {
    const server = new HttpServer({
      hostname,
      port,
      log: relayLog,
      handler: (request, environment) => relay.fetch(request, environment),
    });
    return {
      port: server.port,
      admit: (access) => {
        const former = relay;
        relay = createRelay({ log: relayLog, store, ...options, ...access });
        former.close();
      },
      stop: async () => {
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
