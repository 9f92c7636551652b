/**
 * The relay: an HTTP and event-stream service through which a viewer and an agent introduce themselves
 * (`relay.md`, `signalling.md`, `control-plane.md`). It carries no media and reads no file system.
 */
import { Hono } from "hono";
import type { IceServer } from "../signal/relay_api.ts";
import type { AccessLine } from "./access_log.ts";
import { ClientAddresses } from "./client_address.ts";
import { addressKeyOf, type Log, type Relay, type RequestEnvironment } from "./context.ts";
import { errorResponse, RelayError } from "./errors.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES, type Limits, MAX_URL_LENGTH, type Times } from "./limits.ts";
import { MemoryStore } from "./memory_store.ts";
import { AddressKeys } from "./limits/address_key.ts";
import { Allowances } from "./limits/allowances.ts";
import { RefusedTokens } from "./limits/refused_tokens.ts";
import { observed } from "./observation.ts";
import { RelayMetrics } from "./relay_metrics.ts";
import { agentRoutes } from "./routes_agent.ts";
import { signalRoutes } from "./routes_signal.ts";
import { SessionHolders } from "./session_holders.ts";
import { viewerRoutes } from "./routes_viewer.ts";
import { type Asset, prepareAssets } from "./static.ts";
import { type Store, StoreUnavailable } from "./store.ts";
import { Tokens } from "./tokens.ts";
import type { TurnService } from "./turn_credentials.ts";

export type { Asset, Limits, Log, Store, Times };

export interface RelayOptions {
  /** Tokens of agents. Empty: no agent gets in. */
  readonly agentTokens: readonly string[];
  /** Tokens of viewers. Empty: no viewer gets in. */
  readonly viewerTokens: readonly string[];
  /** Handed to viewer and box with each session. */
  readonly iceServers?: readonly IceServer[];
  /** TURN servers that both are handed credentials for, made for each session. */
  readonly turn?: TurnService | undefined;
  /** The player's files by URL path, "/" for the page. */
  readonly assets?: ReadonlyMap<string, Asset>;
  /** Reverse proxies whose word on a client's address is taken: addresses, and networks like `10.0.0.0/8`. */
  readonly trustProxy?: readonly string[];
  /** Where sessions live; memory by default. One given here has been made with the same times and limits. */
  readonly store?: Store;
  readonly times?: Partial<Times>;
  readonly limits?: Partial<Limits>;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly log?: Log;
  /** Counts what happens; its own where none is given. */
  readonly metrics?: RelayMetrics;
  /** Takes a line for each request; none are made without. */
  readonly accessLog?: (line: AccessLine) => void;
  /** A browser has asked for the page's script: it is about to ask for a session. */
  readonly onplayer?: () => void;
}

/** The page's script, which browsers ask for and most others that find the page do not. */
const PLAYER_SCRIPT = "/page.js";

export interface RelayService {
  /**
   * Answers one request; never rejects.
   *
   * @param environment what the server knows besides; without an address nobody is limited by it
   */
  fetch(request: Request, environment?: RequestEnvironment): Promise<Response>;
  /**
   * Is about to end: `/readyz` says so, wakes are answered with no, and connections end with their answers. All else
   * is served as before.
   */
  drain(): void;
  /** When somebody last asked `/readyz`, in the milliseconds of `performance.now`. */
  readonly probedAt: number | undefined;
  /** Ends every open event stream and wake and refuses new requests, so that a server can finish. */
  close(): void;
}

/** Between two sweeps of the store, in milliseconds. Only memory depends on it. */
const SWEEP_INTERVAL = 10_000;

/** @throws TypeError for a token that no header can carry or that is given for both roles */
export function createRelay(options: RelayOptions): RelayService {
  const closing = new AbortController();
  const draining = new AbortController();
  const times = { ...DEFAULT_TIMES, ...options.times };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const store = options.store ?? new MemoryStore({ times, limits });
  const relay: Relay = {
    store,
    tokens: new Tokens(options.agentTokens, options.viewerTokens),
    times,
    limits,
    iceServers: options.iceServers ?? [],
    turn: options.turn,
    now: options.now ?? Date.now,
    log: options.log ?? (() => {}),
    closing: closing.signal,
    addresses: new ClientAddresses(options.trustProxy ?? []),
    addressKeys: new AddressKeys([...options.agentTokens, ...options.viewerTokens]),
    refusedTokens: new RefusedTokens(store, limits.refusedTokens),
    allowances: new Allowances(store, limits),
    holders: new SessionHolders(store),
    draining: draining.signal,
    metrics: options.metrics ?? new RelayMetrics(times.online, limits.agents),
    callers: new WeakMap(),
  };
  let probedAt: number | undefined;
  const app = routes(relay, options, () => probedAt = performance.now());
  let sweptAt = relay.now();

  return {
    async fetch(request, environment = {}) {
      if (Math.abs(relay.now() - sweptAt) >= SWEEP_INTERVAL) {
        sweptAt = relay.now();
        await relay.store.sweep(sweptAt).catch((error: Error) => {
          if (!(error instanceof StoreUnavailable)) logUnexpected(relay, error);
        });
      }
      return app.fetch(request, environment);
    },
    get probedAt() {
      return probedAt;
    },
    drain() {
      relay.metrics.draining = true;
      draining.abort();
    },
    close() {
      draining.abort();
      closing.abort();
    },
  };
}

function routes(
  relay: Relay,
  { assets: files = new Map(), onplayer, accessLog }: RelayOptions,
  onprobe: () => void,
): Hono {
  const app = new Hono();
  const assets = prepareAssets(files);

  app.use(observed(relay, accessLog));
  app.use(async (c, next) => {
    await next();
    // Behind a proxy, the connections that it keeps are to lead elsewhere.
    if (relay.draining.aborted) c.res.headers.set("Connection", "close");
    c.res.headers.set("X-Content-Type-Options", "nosniff");
  });
  app.use("/api/*", async (c, next) => {
    if (c.req.method === "OPTIONS") return preflight();
    await next();
    c.res.headers.set("Access-Control-Allow-Origin", "*");
    c.res.headers.set("Access-Control-Expose-Headers", "Retry-After");
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  });
  // What throws comes after what sets headers, so that refusals have them too.
  app.use(async (c, next) => {
    if (relay.closing.aborted) throw stopping();
    if (c.req.url.length > MAX_URL_LENGTH) {
      throw new RelayError(414, "url-too-long", `A URL has at most ${MAX_URL_LENGTH} characters.`);
    }
    // A HEAD would run the GET: open a stream that nobody reads, or use up a wake.
    if (c.req.method === "HEAD" && c.req.path.startsWith("/api/")) throw noSuchCall();
    await next();
  });

  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", (c) => {
    onprobe();
    const ready = !relay.draining.aborted && relay.store.reachable !== false;
    return c.json({ ready }, ready ? 200 : 503, { "Cache-Control": "no-store" });
  });
  viewerRoutes(app, relay);
  agentRoutes(app, relay);
  signalRoutes(app, relay);

  app.get("*", (c) => {
    const { completed } = c.env as RequestEnvironment;
    const file = assets(c.req.path, c.req.raw.headers, { address: addressKeyOf(relay, c), completed });
    if (file !== undefined) {
      // Nobody will read it.
      if (c.req.raw.method === "HEAD") void file.body?.cancel();
      if (c.req.path === PLAYER_SCRIPT) onplayer?.();
      return file;
    }
    if (files.size === 0 && c.req.path === "/") {
      return c.text("The player is not built into this relay.\n", 404);
    }
    throw noSuchCall();
  });
  app.notFound(() => errorResponse(noSuchCall()));
  app.onError((error) => {
    if (error instanceof RelayError) return errorResponse(error);
    if (error instanceof StoreUnavailable) return errorResponse(storeAway());
    logUnexpected(relay, error);
    return errorResponse(new RelayError(500, "internal", "The relay failed to answer."));
  });
  return app;
}

/** A page of any origin may call: there are no cookies, and who has no token gets nothing. */
function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, POST, DELETE",
      "Access-Control-Allow-Headers": "authorization, content-type, last-event-id, cache-control",
      "Access-Control-Max-Age": "600",
    },
  });
}

function noSuchCall(): RelayError {
  return new RelayError(404, "no-such-call", "There is nothing under this address for this method.");
}

/** The store itself logs that it is away, once; a client comes back, and another relay may reach it. */
function storeAway(): RelayError {
  return new RelayError(503, "store-away", "The relay's store is away for a moment.", { retryAfter: 1 });
}

function stopping(): RelayError {
  return new RelayError(503, "closing", "The relay is stopping.", {
    retryAfter: 1,
    headers: { Connection: "close" },
  });
}

/** The message of a foreign error may repeat what a client sent; its name and the frames below it do not. */
function logUnexpected(relay: Relay, error: Error): void {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  relay.log("error", "unexpected error", { name: error.name, frames });
}
