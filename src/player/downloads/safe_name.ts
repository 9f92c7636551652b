/** The longest name that file systems take, in bytes of UTF-8, less room for a number. */
const MAX_NAME_BYTES = 240;

/** What no system takes in a name, what moves text about on a screen, and halves of characters. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]/gu;

/** Names of devices on Windows, with or without an extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** One name of a path as every system takes it: never empty, no separator in it, not `.` or `..`. */
export function safeName(name: string): string {
  let safe = cut(name.replace(FORBIDDEN, "_")).replace(/[. ]+$/, (end) => "_".repeat(end.length));
  if (safe.trim() === "") safe = "_";
  return DEVICE.test(safe) ? `_${safe}` : safe;
}

/** Names of one archive, each of which is given once: also for systems that take `A` and `a` for the same. */
export class UniqueNames {
  readonly #given = new Set<string>();

  /** @param parent `""`, or ends with `/`; @returns `parent` and a safe name that is not taken there */
  give(parent: string, name: string): string {
    const safe = safeName(name);
    const dot = safe.lastIndexOf(".");
    const [stem, extension] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ""];
    for (let count = 1;; count++) {
      const tried = count === 1 ? parent + safe : `${parent}${stem} (${count})${extension}`;
      const key = tried.normalize("NFC").toLowerCase();
      if (this.#given.has(key)) continue;
      this.#given.add(key);
      return tried;
    }
  }
}

/** The beginning of a name that is too long, with its extension. */
function cut(name: string): string {
  const length = (text: string) => new TextEncoder().encode(text).length;
  if (length(name) <= MAX_NAME_BYTES) return name;
  const extension = /\.[^.]{1,10}$/u.exec(name)?.[0] ?? "";
  const stem = [...name.slice(0, name.length - extension.length)];
  let bytes = length(extension);
  const kept = stem.findIndex((character) => (bytes += length(character)) > MAX_NAME_BYTES);
  return stem.slice(0, kept < 0 ? stem.length : kept).join("") + extension;
}
