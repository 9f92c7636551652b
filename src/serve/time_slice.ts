/** The longest that one piece of work holds the thread, in milliseconds. */
const SLICE_MS = 5;

/** Work in slices: between two of them the thread does what else there is, films above all. */
export class TimeSlice {
  #until = performance.now() + SLICE_MS;

  /** Whether it is time for {@link next}. */
  get over(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets everything else have its turn; resolves in a slice that has just begun. */
  async next(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#until = performance.now() + SLICE_MS;
  }
}
