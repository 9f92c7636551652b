/** Items by time, and in the order they came where times are equal. A binary heap. */
export class DeliveryQueue<T> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #items: T[] = [];
  #pushed = 0;

  get length(): number {
    return this.#items.length;
  }

  /** Time of the first item, in ms; Infinity where there is none. */
  get next(): number {
    return this.#times[0] ?? Infinity;
  }

  push(time: number, item: T): void {
    let i = this.#items.length;
    this.#times.push(time);
    this.#orders.push(this.#pushed++);
    this.#items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** The first item, if its time is `now` or has passed. */
  shift(now: number): T | undefined {
    if (this.next > now) return undefined;
    const last = this.#items.length - 1;
    this.#swap(0, last);
    const item = this.#items.pop();
    this.#times.pop();
    this.#orders.pop();
    this.#sink(last);
    return item;
  }

  clear(): void {
    this.#times.length = this.#orders.length = this.#items.length = 0;
  }

  #sink(length: number): void {
    let i = 0;
    for (;;) {
      let least = 2 * i + 1;
      if (least >= length) return;
      if (least + 1 < length && this.#before(least + 1, least)) least++;
      if (!this.#before(least, i)) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#times[a], this.#times[b]] = [this.#times[b]!, this.#times[a]!];
    [this.#orders[a], this.#orders[b]] = [this.#orders[b]!, this.#orders[a]!];
    [this.#items[a], this.#items[b]] = [this.#items[b]!, this.#items[a]!];
  }
}
