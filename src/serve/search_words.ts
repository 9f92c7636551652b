/** Words that are looked for; those beyond are left out. */
const MAX_WORDS = 16;

/** What a search looks for in names: all words of a query, in any case and any of Unicode's forms. */
export class SearchWords {
  readonly #words: readonly string[];

  constructor(query: string) {
    const words = fold(query).split(/\s+/).filter((word) => word !== "");
    this.#words = [...new Set(words)].slice(0, MAX_WORDS);
  }

  /** Whether `name` holds all words; none holds no words. */
  in(name: string): boolean {
    if (this.#words.length === 0) return false;
    const folded = fold(name);
    return this.#words.every((word) => folded.includes(word));
  }
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
