import { exposition, EXPOSITION_TYPE } from "./exposition.ts";
import { readiness } from "./readiness.ts";
import type { Build, Snapshot } from "./snapshot.ts";

/**
 * Answers those who watch over the program: `/healthz`, `/readyz`, `/metrics`.
 *
 * @param ageMs since the snapshot; it is undefined before the first one
 */
export function answer(
  request: Request,
  build: Build,
  snapshot: Snapshot | undefined,
  ageMs: number,
): Response {
  const { pathname } = new URL(request.url);
  if (!["/healthz", "/readyz", "/metrics"].includes(pathname)) return text(404, "nothing is here\n");
  if (!["GET", "HEAD"].includes(request.method)) return text(405, "only GET\n", { allow: "GET, HEAD" });
  switch (pathname) {
    case "/readyz": {
      const state = readiness(snapshot, ageMs);
      return Response.json(state, { status: state.ready ? 200 : 503, headers: NO_STORE });
    }
    case "/metrics":
      if (snapshot === undefined) return text(503, "it is starting\n");
      return text(200, exposition(build, snapshot), { "content-type": EXPOSITION_TYPE });
    default:
      return text(200, "ok\n");
  }
}

const NO_STORE = { "cache-control": "no-store" };

function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { ...NO_STORE, ...headers } });
}
