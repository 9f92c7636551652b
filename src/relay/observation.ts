/** Watches over a relay's requests from outside its routes: figures, the access log, spans. */
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { type AccessLine, countedBody, PrincipalNames } from "./access_log.ts";
import type { Relay } from "./context.ts";
import { RelayError } from "./errors.ts";
import { beginSpan, exportsUrls } from "./tracing.ts";

const METHODS: readonly string[] = ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"];

/** The routes that have figures of their own. */
const WAKE = "GET /api/internal/agent/wake";
const OPEN = "POST /api/stream/sessions";
const DELETE = "DELETE /api/stream/sessions/:sessionId";
const POST = "POST /api/internal/stream/signal/:sessionId";

/** @param accessLog takes a line for each request; undefined for none */
export function observed(
  relay: Relay,
  accessLog: ((line: AccessLine) => void) | undefined,
): MiddlewareHandler {
  const { metrics, callers } = relay;
  const names = new PrincipalNames();
  let warned = false;
  return async (c, next) => {
    const began = performance.now();
    const method = METHODS.includes(c.req.method) ? c.req.method : "other";
    const route = routeOf(c);
    const call = `${method} ${route}`;
    const span = beginSpan(method, route);
    if (span !== undefined && !warned && exportsUrls()) {
      warned = true;
      relay.log("warn", "traces hold whole URLs; OTEL_TRACES_SAMPLER=parentbased_always_off leaves them out");
    }
    if (call === WAKE) metrics.openWakes += 1;
    await next();
    if (call === WAKE) metrics.openWakes -= 1;
    const { status } = c.res;
    const label = route === OTHER && method === "GET" && status < 400 ? PLAYER : route;
    const seconds = (performance.now() - began) / 1_000;
    metrics.count("unarr_relay_requests_total", { method, route: label, status: String(status) });
    metrics.observe("unarr_relay_request_duration_seconds", { method, route: label }, seconds);
    if (c.error instanceof RelayError) metrics.count("unarr_relay_refusals_total", { code: c.error.code });
    const caller = callers.get(c.req.raw);
    if (status < 400) {
      if (call === OPEN) metrics.count("unarr_relay_sessions_opened_total");
      if (call === DELETE) metrics.count("unarr_relay_sessions_deleted_total");
      if (call === POST) metrics.count("unarr_relay_messages_in_total", { from: caller?.role ?? "-" });
    }
    span?.(status);
    if (accessLog === undefined) return;
    c.res = countedBody(c.res, (bytes) =>
      accessLog({
        method,
        route: label,
        status,
        ms: Math.round(performance.now() - began),
        bytes,
        role: caller?.role ?? "-",
        principal: caller === undefined ? "-" : names.of(caller),
      }));
  };
}

/** Addresses that are no route of the API: files of the player where they are answered, else the rest. */
const OTHER = "other";
const PLAYER = "player";

/** The pattern of the route that a request meets. */
function routeOf(context: Context): string {
  return matchedRoutes(context).find(({ path }) => !path.includes("*"))?.path ?? OTHER;
}
