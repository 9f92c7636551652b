/**
 * Spans of OpenTelemetry, which the runtime exports where `OTEL_DENO=true`. Those that it makes itself have the whole
 * URL, and with it ids of sessions; these have the route's pattern. The runtime's sampler
 * `parentbased_always_off` drops its own, which have no parent, and keeps these, whose parent is sampled
 * (docs/operation.md).
 */
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import { randomBytes } from "node:crypto";

const tracer = trace.getTracer("unarr-stream");

/** Whether the runtime samples spans of its own, and with them whole URLs. */
export function exportsUrls(): boolean {
  const own = trace.getActiveSpan()?.spanContext();
  return own !== undefined && (own.traceFlags & TraceFlags.SAMPLED) !== 0;
}

/**
 * Begins a request's span; what it returns ends it with the status. Undefined where the runtime has no span of its
 * own for the request: then nothing is traced. Attributes are those of the semantic conventions for HTTP servers,
 * without any of the URL or the client.
 */
export function beginSpan(method: string, route: string): ((status: number) => void) | undefined {
  if (trace.getActiveSpan() === undefined) return undefined;
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
  const span = tracer.startSpan(`${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: { "http.request.method": method, "http.route": route },
  }, parent);
  return (status) => {
    span.setAttribute("http.response.status_code", status);
    span.end();
  };
}
