import type { CustomSource } from "mediabunny";

/** Who waits for bytes that are being read. */
interface Slice {
  reject(error: Error): void;
}

/** A read from one place on, under way or idle. */
interface Reader {
  aborted: boolean;
  readonly pendingSlices: Slice[];
}

/** The part of mediabunny's sources that reads, as of 1.61; not among its public types. */
interface Orchestrator {
  readonly workers: Reader[];
  readonly queuedReads: { readonly pendingSlices: Slice[] }[];
}

/**
 * Ends all that `source` reads, as its end would, and leaves what it has read in its cache.
 *
 * To let the reads fail is not enough: a reader remembers from where to where it was to read, up to 8 MiB. What is
 * wanted next in there takes it up again at its old place, and waits for all that lies between: up to 3 s at
 * 50 Mbit/s. Until it has failed, what is wanted next would fail with it.
 *
 * @param error for who still waits for bytes
 */
export function endReads(source: CustomSource, error: Error): void {
  const { workers, queuedReads } = (source as unknown as { _orchestrator: Orchestrator })._orchestrator;
  for (const worker of workers) worker.aborted = true;
  for (const { pendingSlices } of [...workers.splice(0), ...queuedReads.splice(0)]) {
    for (const slice of pendingSlices.splice(0)) slice.reject(error);
  }
}
