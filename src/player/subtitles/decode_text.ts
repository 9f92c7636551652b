/** Encodings of texts that are not UTF-8, by what a user would call them; labels of the Encoding Standard. */
export const ENCODINGS: Readonly<Record<string, string>> = {
  "utf-8": "Unicode (UTF-8)",
  "windows-1252": "Western European",
  "windows-1250": "Central European",
  "windows-1251": "Cyrillic",
  "windows-1253": "Greek",
  "windows-1254": "Turkish",
  "windows-1255": "Hebrew",
  "windows-1256": "Arabic",
  "windows-1257": "Baltic",
  "windows-1258": "Vietnamese",
  "gb18030": "Chinese (simplified)",
  "big5": "Chinese (traditional)",
  "shift_jis": "Japanese (Shift JIS)",
  "euc-kr": "Korean",
};

/** What a file that is no Unicode is most likely in, by the language that its name tells (ISO 639-1). */
const OF_LANGUAGES: Readonly<Record<string, string>> = {
  cs: "windows-1250",
  hr: "windows-1250",
  hu: "windows-1250",
  pl: "windows-1250",
  ro: "windows-1250",
  sk: "windows-1250",
  sl: "windows-1250",
  be: "windows-1251",
  bg: "windows-1251",
  mk: "windows-1251",
  ru: "windows-1251",
  sr: "windows-1251",
  uk: "windows-1251",
  el: "windows-1253",
  tr: "windows-1254",
  he: "windows-1255",
  ar: "windows-1256",
  fa: "windows-1256",
  et: "windows-1257",
  lt: "windows-1257",
  lv: "windows-1257",
  vi: "windows-1258",
  zh: "gb18030",
  ja: "shift_jis",
  ko: "euc-kr",
};

/**
 * The encoding of a text: that of its byte order mark, else UTF-8 where it fits, else what the language makes
 * likely.
 *
 * @param language ISO 639-1, where it is known
 */
export function guessEncoding(bytes: Uint8Array, language?: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return OF_LANGUAGES[language ?? ""] ?? "windows-1252";
  }
}
