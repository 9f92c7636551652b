/** The end of one relay among several: what it has begun is finished while clients go to the others. */
import type { RelayService } from "./app.ts";

/** Who asks `/readyz` so often is told before the port is closed, in milliseconds. */
const PROBE_INTERVAL = 2_500;

/** Nobody has asked for so long: nobody would hear of it, in milliseconds. */
const PROBED_WITHIN = 30_000;

/**
 * Takes leave within `ms` milliseconds: says on `/readyz` that it ends and answers wakes; where somebody asks
 * `/readyz`, serves on until that is known; then takes no connection more and lets event streams and requests come
 * to their end. What is left after that time is ended.
 */
export async function drain(
  service: RelayService,
  server: Pick<Deno.HttpServer, "shutdown">,
  ms: number,
): Promise<void> {
  service.drain();
  const deadline = performance.now() + ms;
  if (service.probedAt !== undefined && performance.now() - service.probedAt < PROBED_WITHIN) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(PROBE_INTERVAL, ms)));
  }
  const timer = setTimeout(() => service.close(), Math.max(0, deadline - performance.now()));
  await server.shutdown();
  clearTimeout(timer);
  service.close();
}
