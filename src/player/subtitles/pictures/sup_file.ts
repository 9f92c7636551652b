import type { ReadBytes } from "../embedded/track.ts";
import { AHEAD, chainBegin, dueAt, MAX_SET, MAX_WINDOW, type PictureWindow } from "./display_set.ts";
import { type FoundSet, parseSup } from "./sup_parser.ts";

/** Of one read, in bytes. */
const READ_SIZE = 256 << 10;
/** Places that are looked at to find a time, at most; a file of 4 GB needs 14. */
const MAX_LOOKS = 24;
/** Read before the place of a time where what is shown there builds on more, in bytes, and how often. */
const LOOK_BACK = 512 << 10;
const MAX_LOOKS_BACK = 4;

/**
 * Finds the picture subtitles of a SUP file around what is shown, with small reads: the file itself has no index,
 * but its times only grow.
 */
export class SupFile {
  readonly #size: number;
  readonly #read: ReadBytes;
  readonly #tell: (window: PictureWindow) => void;
  #wanted = 0;
  #busy = false;
  #window: PictureWindow | undefined;
  /** From when on another window is wanted, in seconds. */
  #refresh = 0;

  /**
   * @param size of the file, in bytes
   * @param tell told of a window in place of the one before
   */
  constructor(size: number, read: ReadBytes, tell: (window: PictureWindow) => void) {
    this.#size = size;
    this.#read = read;
    this.#tell = tell;
  }

  /** What is shown, in seconds. Reads nothing where that is known for a while. */
  async want(time: number): Promise<void> {
    this.#wanted = time;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let at = NaN; at !== this.#wanted && this.#isOut(this.#wanted);) {
        at = this.#wanted;
        this.#window = await this.#windowAt(at);
        this.#refresh = at + (this.#window.until - at) * 2 / 3;
        this.#tell(this.#window);
      }
    } catch {
      // What cannot be read is not shown; it is tried again at the next time.
    } finally {
      this.#busy = false;
    }
  }

  #isOut(time: number): boolean {
    return this.#window === undefined || time < this.#window.from || time >= this.#refresh;
  }

  async #windowAt(time: number): Promise<PictureWindow> {
    const place = await this.#find(time);
    let sets: readonly FoundSet[] = [];
    let until = 0;
    for (let look = 0; look <= MAX_LOOKS_BACK; look++) {
      ({ sets, until } = await this.#readFrom(Math.max(0, place - LOOK_BACK * look), time));
      const due = dueAt(sets, time);
      if (place - LOOK_BACK * look <= 0 || (due >= 0 && chainBegin(sets, due) >= 0)) break;
    }
    const due = dueAt(sets, time);
    const begin = due < 0 ? 0 : Math.max(0, chainBegin(sets, due));
    const from = due < 0 ? 0 : sets[due]!.start;
    return { from, until, sets: sets.slice(begin).map(({ start, bytes }) => ({ start, bytes })) };
  }

  /** A place before which all is shown earlier. */
  async #find(time: number): Promise<number> {
    let [low, high] = [0, Number.isFinite(this.#size) ? this.#size : 0];
    for (let look = 0; look < MAX_LOOKS && high - low > READ_SIZE; look++) {
      const middle = Math.floor((low + high) / 2);
      const first = parseSup(await this.#read(middle, READ_SIZE)).sets[0];
      if (first !== undefined && first.start <= time) low = middle + first.offset;
      else high = middle;
    }
    return low;
  }

  /** What lies from a place on, as far as it is wanted ahead. */
  async #readFrom(place: number, time: number): Promise<{ sets: readonly FoundSet[]; until: number }> {
    const sets: FoundSet[] = [];
    let rest = new Uint8Array(0);
    for (let at = place, taken = 0; at < this.#size && taken < MAX_WINDOW;) {
      const bytes = await this.#read(at, READ_SIZE);
      if (bytes.length === 0) break;
      at += bytes.length;
      taken += bytes.length;
      const whole = new Uint8Array(rest.length + bytes.length);
      whole.set(rest);
      whole.set(bytes, rest.length);
      const { sets: found, used } = parseSup(whole);
      sets.push(...found);
      // What does not end in so many bytes is no display set.
      rest = whole.slice(Math.max(used, whole.length - MAX_SET));
      const last = sets.at(-1)?.start ?? 0;
      if (last > time + AHEAD) return { sets: byTime(sets), until: last };
      if (taken >= MAX_WINDOW && last > time) return { sets: byTime(sets), until: last };
    }
    return { sets: byTime(sets), until: Infinity };
  }
}

function byTime(sets: FoundSet[]): FoundSet[] {
  return sets.sort((a, b) => a.start - b.start);
}
