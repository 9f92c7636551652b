import type { Cue } from "../cue.ts";

/** Of all tracks together, at most: twenty languages of a long film. */
const MAX_CUES = 50_000;
/** And so many characters in them. */
const MAX_CHARACTERS = 8 << 20;

/** The lines of a film's tracks as they are found, each once; where there are too many, the oldest go. */
export class CueStore {
  readonly #cues = new Map<string, { readonly track: number; readonly cue: Cue }>();
  #characters = 0;

  /** @returns those that were not known, and whether others had to go for them */
  add(track: number, cues: readonly Cue[]): { readonly added: readonly Cue[]; readonly dropped: boolean } {
    const added = cues.filter((cue) => {
      const key = `${track} ${cue.start} ${cue.end} ${cue.text}`;
      if (this.#cues.has(key)) return false;
      this.#cues.set(key, { track, cue });
      this.#characters += cue.text.length;
      return true;
    });
    const dropped = this.#isFull(1);
    // Half at once, so that it is seldom.
    if (dropped) {
      for (const [key, { cue }] of this.#cues) {
        if (!this.#isFull(0.5)) break;
        this.#cues.delete(key);
        this.#characters -= cue.text.length;
      }
    }
    return { added, dropped };
  }

  of(track: number): Cue[] {
    return [...this.#cues.values()].filter((entry) => entry.track === track).map(({ cue }) => cue);
  }

  clear(): void {
    this.#cues.clear();
    this.#characters = 0;
  }

  #isFull(part: number): boolean {
    return this.#cues.size > MAX_CUES * part || this.#characters > MAX_CHARACTERS * part;
  }
}
