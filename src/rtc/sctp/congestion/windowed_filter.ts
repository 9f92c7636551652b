/**
 * The largest of the values of late, where "late" is counted in whole periods that the caller numbers:
 * rounds, or probing cycles. Exact: it keeps the falling sequence of values that can still become largest.
 */
export class WindowedMax {
  readonly #length: number;
  readonly #periods: number[] = [];
  readonly #values: number[] = [];

  /** Keeps values for `length` periods, that of the newest value included. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Zero where nothing was added. */
  get value(): number {
    return this.#values[0] ?? 0;
  }

  /** Notes a value seen in `period`, which never falls. */
  add(value: number, period: number): void {
    while (this.#values.length > 0 && this.#values[this.#values.length - 1]! <= value) {
      this.#values.pop();
      this.#periods.pop();
    }
    this.#values.push(value);
    this.#periods.push(period);
    this.advance(period);
  }

  /** Lets go of what is too old in `period`; the newest value stays. */
  advance(period: number): void {
    while (this.#values.length > 1 && this.#periods[0]! <= period - this.#length) {
      this.#values.shift();
      this.#periods.shift();
    }
  }

  clear(): void {
    this.#values.length = this.#periods.length = 0;
  }
}
