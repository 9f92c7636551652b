/**
 * Virtual time: actions in the order of their time, and in the order they were asked for where times are
 * equal, so a run depends on nothing but its inputs.
 */
export class Clock {
  #now = 0;
  #asked = 0;
  /** Binary heaps in step with each other: typed fields cost less than one object an event. */
  readonly #times: number[] = [];
  readonly #order: number[] = [];
  readonly #actions: ((now: number) => void)[] = [];

  /** Virtual time, in ms. */
  get now(): number {
    return this.#now;
  }

  /** Events not yet run. */
  get pending(): number {
    return this.#times.length;
  }

  /** Runs `action` at `time`, in ms; a time that has passed means now. */
  at(time: number, action: (now: number) => void): void {
    if (Number.isNaN(time)) throw new RangeError("an event has no time");
    let i = this.#times.length;
    this.#times.push(Math.max(time, this.#now));
    this.#order.push(this.#asked++);
    this.#actions.push(action);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Runs all that is due until `time`, in ms, and stops there. */
  runUntil(time: number): void {
    while (this.#times.length > 0 && this.#times[0]! <= time) {
      this.#now = this.#times[0]!;
      this.#take()(this.#now);
    }
    this.#now = Math.max(this.#now, time);
  }

  #take(): (now: number) => void {
    const first = this.#actions[0]!;
    const time = this.#times.pop()!;
    const order = this.#order.pop()!;
    const action = this.#actions.pop()!;
    const length = this.#times.length;
    if (length > 0) {
      this.#times[0] = time;
      this.#order[0] = order;
      this.#actions[0] = action;
      let i = 0;
      for (;;) {
        let least = 2 * i + 1;
        if (least >= length) break;
        if (least + 1 < length && this.#before(least + 1, least)) least++;
        if (!this.#before(least, i)) break;
        this.#swap(i, least);
        i = least;
      }
    }
    return first;
  }

  #before(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference < 0 || (difference === 0 && this.#order[a]! < this.#order[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#times[a], this.#times[b]] = [this.#times[b]!, this.#times[a]!];
    [this.#order[a], this.#order[b]] = [this.#order[b]!, this.#order[a]!];
    [this.#actions[a], this.#actions[b]] = [this.#actions[b]!, this.#actions[a]!];
  }
}
