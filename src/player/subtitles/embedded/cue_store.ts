import type { Cue } from "../cue.ts";

/** Of all tracks together, at most, in characters: twenty languages of a long film. */
const MAX_SIZE = 8 << 20;
/** What a line takes beside its text, in characters. */
const LINE_SIZE = 170;

interface Lines {
  readonly cues: Map<string, Cue>;
  size: number;
}

/**
 * The lines of a film's tracks as they are found, each once; where there are too many, the oldest go of the track
 * that has most, so that none is pushed out by what nobody chose.
 */
export class CueStore {
  readonly #tracks = new Map<number, Lines>();
  #size = 0;

  /** @returns those that were not known, and whether others had to go for them */
  add(track: number, cues: readonly Cue[]): { readonly added: readonly Cue[]; readonly dropped: boolean } {
    let lines = this.#tracks.get(track);
    if (lines === undefined) this.#tracks.set(track, lines = { cues: new Map(), size: 0 });
    const added = cues.filter((cue) => {
      const key = `${cue.start} ${cue.end} ${cue.text}`;
      if (lines.cues.has(key)) return false;
      lines.cues.set(key, cue);
      this.#grow(lines, sizeOf(cue));
      return true;
    });
    const dropped = this.#size > MAX_SIZE;
    // Half at once, so that it is seldom.
    if (dropped) { while (this.#size > MAX_SIZE / 2) this.#drop(); }
    return { added, dropped };
  }

  of(track: number): Cue[] {
    return [...this.#tracks.get(track)?.cues.values() ?? []];
  }

  /** Those that have lines, and their lines. */
  *all(): Iterable<readonly [track: number, cues: Cue[]]> {
    for (const track of this.#tracks.keys()) yield [track, this.of(track)];
  }

  clear(): void {
    this.#tracks.clear();
    this.#size = 0;
  }

  #drop(): void {
    const largest = [...this.#tracks.values()].reduce((a, b) => b.size > a.size ? b : a);
    for (const [key, cue] of largest.cues) {
      largest.cues.delete(key);
      return this.#grow(largest, -sizeOf(cue));
    }
  }

  #grow(lines: Lines, size: number): void {
    lines.size += size;
    this.#size += size;
  }
}

function sizeOf(cue: Cue): number {
  return cue.text.length + LINE_SIZE;
}
