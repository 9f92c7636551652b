/** One thing that happened. */
export interface TimelineEvent {
  /** Milliseconds since the page was opened. */
  readonly at: number;
  readonly name: string;
  readonly detail?: string;
}

/** Events kept in all: the first ones, which tell of the opening, and the latest. */
const FIRST = 64;
const LATEST = 192;

/** What happened, in order, within a bound. */
export class Timeline {
  readonly #first: TimelineEvent[] = [];
  readonly #latest: TimelineEvent[] = [];
  #dropped = 0;
  /** Told of each event. */
  onadd: () => void = () => {};

  /** @param at milliseconds since the page was opened */
  add(name: string, detail?: string, at = performance.now()): void {
    const event = detail === undefined ? { at, name } : { at, name, detail };
    if (this.#first.length < FIRST) this.#first.push(event);
    else {
      this.#latest.push(event);
      if (this.#latest.length > LATEST) {
        this.#latest.shift();
        this.#dropped++;
      }
    }
    this.onadd();
  }

  get events(): readonly TimelineEvent[] {
    return [...this.#first, ...this.#latest];
  }

  /** Events between the first and the latest that are no longer known. */
  get dropped(): number {
    return this.#dropped;
  }
}
