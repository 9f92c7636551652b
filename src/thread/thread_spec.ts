import type { Confinement } from "./confinement.ts";
import type { Dialogue, RefusalKind } from "./messages.ts";

/** One thread, as main makes it. */
export interface ThreadSpec<D extends Dialogue> {
  /** What the log calls it. */
  readonly name: string;
  /** Its module. */
  readonly url: URL;
  readonly confinement: Confinement;
  /** What it is started with; asked again for each replacement. Its modules load meanwhile. */
  options(): D["options"] | Promise<D["options"]>;
  isReady(value: unknown): value is D["ready"];
  isEvent(value: unknown): value is D["event"];
}

/** What main hears of a thread. */
export interface ThreadEvents<D extends Dialogue> {
  /** It serves, for the first time or again. */
  ready?(value: D["ready"]): void;
  event?(event: D["event"]): void;
  /** It has died, and what it ran with it; it is being replaced. */
  lost?(): void;
}

/** A thread cannot be started, or not be kept running; the message is a sentence for the user. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";

  constructor(message: string, readonly kind: RefusalKind = "fault") {
    super(message);
  }
}
