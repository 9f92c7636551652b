import { log } from "./log.ts";

/** Nobody has come for so long after the last one left, in milliseconds. */
const QUIET_MS = 2_000;

/** V8's collector, where `--expose-gc` has it shown. */
const { gc } = globalThis as { gc?: () => void };

/**
 * Collects garbage when the last viewer has left. V8 does it when memory is wanted, and a box that nobody
 * watches wants none: what a film has left behind would stay until the next one.
 */
export class IdleCollection {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Nobody watches any more. */
  idle(): void {
    if (gc === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      gc();
      // Buffers outside the heap are given back at leisure, or when the next collection begins.
      gc();
      const { heapUsed, external } = Deno.memoryUsage();
      log.debug("memory collected: {heapUsed} bytes of heap are in use, {external} outside", {
        heapUsed,
        external,
      });
    }, QUIET_MS);
  }

  /** Somebody does again: a collection would hold the film up. */
  busy(): void {
    clearTimeout(this.#timer);
  }
}
