import type { AckSample } from "./controller.ts";
import type { PathModel } from "./bbr_model.ts";
import { PROBE_RTT_DURATION, PROBE_RTT_WINDOW_GAIN } from "./bbr_parameters.ts";

/** Little in flight for a moment, so that the path shows without a queue of this flow (section 5.3.4). */
export class RttProbe {
  active = false;
  readonly #model: PathModel;
  readonly #leastWindow: number;
  /** When it may end, in ms; undefined until little is in flight. */
  #until: number | undefined;
  #savedWindow = 0;
  #leastRtt = Infinity;

  constructor(model: PathModel, leastWindow: number) {
    this.#model = model;
    this.#leastWindow = leastWindow;
  }

  /** The most to have in flight meanwhile, in bytes: half of what fills the path. */
  get window(): number {
    return Math.max(this.#model.product(PROBE_RTT_WINDOW_GAIN), this.#leastWindow);
  }

  /** Begins; `window` is what to come back to. */
  begin(window: number): void {
    this.active = true;
    this.#savedWindow = window;
    this.#until = undefined;
    this.#leastRtt = Infinity;
  }

  /** Whether a queue stood all the same: somebody else's. */
  get queued(): boolean {
    return this.#model.minRtt.queued(this.#leastRtt);
  }

  onAck(sample: AckSample, now: number): void {
    this.#leastRtt = Math.min(this.#leastRtt, sample.rtt ?? Infinity);
    if (this.#until !== undefined || sample.inFlight > this.window) return;
    this.#until = now + PROBE_RTT_DURATION;
    this.#model.rounds.restart(sample.delivered);
  }

  /** Ends it where it is time; the window to go on with, undefined while it lasts. */
  end(now: number): number | undefined {
    if (this.#until === undefined || now < this.#until) return undefined;
    this.active = false;
    this.#model.minRtt.refresh(now);
    return this.#savedWindow;
  }
}
