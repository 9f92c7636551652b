/** A file with subtitles that lies beside a film. */
export interface SubtitleFile {
  readonly name: string;
  /** ISO 639-1, where the name tells it: `film.de.srt`. */
  readonly language: string | undefined;
  /** Of people who do not hear. */
  readonly captions: boolean;
  /** Only what is said in other languages than the film's. */
  readonly forced: boolean;
  /** It holds pictures of lines. */
  readonly pictures: boolean;
}

const SUBTITLES = /\.(srt|vtt|ass|ssa|sup)$/i;
const PICTURES = /\.sup$/i;

/** Words in names, and their languages; those of three letters as ISO 639-2 has them. */
const LONG: Readonly<Record<string, string>> = {
  eng: "en",
  english: "en",
  ger: "de",
  deu: "de",
  german: "de",
  fre: "fr",
  fra: "fr",
  french: "fr",
  spa: "es",
  spanish: "es",
  ita: "it",
  italian: "it",
  por: "pt",
  dut: "nl",
  nld: "nl",
  pol: "pl",
  rus: "ru",
  ukr: "uk",
  cze: "cs",
  ces: "cs",
  gre: "el",
  ell: "el",
  tur: "tr",
  swe: "sv",
  nor: "no",
  dan: "da",
  fin: "fi",
  hun: "hu",
  rum: "ro",
  ron: "ro",
  jpn: "ja",
  kor: "ko",
  chi: "zh",
  zho: "zh",
  ara: "ar",
  heb: "he",
  hin: "hi",
  vie: "vi",
  tha: "th",
  ind: "id",
  cat: "ca",
  hrv: "hr",
  srp: "sr",
  slv: "sl",
  slo: "sk",
  slk: "sk",
  bul: "bg",
  est: "et",
  lav: "lv",
  lit: "lt",
  per: "fa",
  fas: "fa",
};

/** Those of `names` that belong to a film: they begin as it does, and end as subtitles do. */
export function subtitlesBeside(film: string, names: readonly string[]): SubtitleFile[] {
  const stem = film.replace(/\.[^.]*$/, "").toLowerCase();
  return names.filter((name) => SUBTITLES.test(name) && belongs(name.toLowerCase(), stem)).map((name) => {
    const words = name.slice(stem.length).replace(SUBTITLES, "").toLowerCase().split(/[.\s_()[\]-]+/);
    return {
      name,
      language: words.map(languageOf).find((language) => language !== undefined),
      captions: words.some((word) => ["sdh", "cc", "hi"].includes(word)) && words.length > 1,
      forced: words.includes("forced"),
      pictures: isPictureFile(name),
    };
  });
}

/** Whether a file of this name may hold picture subtitles, which are read piece by piece and may be large. */
export function isPictureFile(name: string): boolean {
  return PICTURES.test(name);
}

function belongs(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^[.\s_([-]/.test(name.slice(stem.length));
}

function languageOf(word: string): string | undefined {
  if (LONG[word] !== undefined) return LONG[word];
  if (!/^[a-z]{2}$/.test(word)) return undefined;
  // A code that no language has is answered as it is.
  const name = new Intl.DisplayNames("en", { type: "language" }).of(word);
  return name === word ? undefined : word;
}
