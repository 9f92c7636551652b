import type { SubtitleFile } from "./beside.ts";
import type { EmbeddedTrack } from "./embedded/track.ts";

/** One of the subtitles that a film has, inside it or beside it. */
export interface SubtitleEntry {
  /** Of no other. */
  readonly key: string;
  /** The track inside the film, */
  readonly track: number | undefined;
  /** or the file beside it. */
  readonly file: SubtitleFile | undefined;
  readonly label: string;
  /** BCP 47, where it is known. */
  readonly language: string | undefined;
  readonly forced: boolean;
  readonly default: boolean;
  /** It consists of pictures, which look as they do. */
  readonly pictures: boolean;
  /** The player can show it. */
  readonly shown: boolean;
}

/** What speaks for one of the subtitles. */
export interface Preference {
  /** The language of what was chosen last; `""` for none; null where nothing was chosen yet. */
  readonly remembered: string | null;
  /** Of the sound. BCP 47. */
  readonly audio: string | undefined;
  /** What the user reads. BCP 47, the best first. */
  readonly languages: readonly string[];
}

const PICTURES = /PGS|VOBSUB|DVBSUB|mp4s/;

/** All of them with names that differ. @param nameOf a language by its code */
export function entriesOf(
  tracks: readonly EmbeddedTrack[],
  files: readonly SubtitleFile[],
  nameOf: (language: string) => string,
): SubtitleEntry[] {
  const labels = new Map<string, number>();
  const unlike = (words: readonly (string | false | undefined)[]) => {
    const label = words.filter((word) => word !== undefined && word !== false && word !== "").join(", ");
    const count = (labels.get(label) ?? 0) + 1;
    labels.set(label, count);
    return count > 1 ? `${label} (${count})` : label;
  };
  return [
    ...tracks.map((track, i): SubtitleEntry => {
      const { id, name, language, captions, forced, format, codec } = track;
      const spoken = language === undefined ? undefined : nameOf(language);
      return {
        key: `inside ${id}`,
        track: id,
        file: undefined,
        label: unlike([
          spoken ?? name ?? `Subtitles ${i + 1}`,
          spoken !== undefined && name !== spoken && name,
          captions && "for the deaf",
          forced && "forced",
          format === undefined && (PICTURES.test(codec) ? "picture subtitles, not shown" : "not shown"),
        ]),
        language,
        forced,
        default: track.default,
        pictures: format === "pgs",
        shown: format !== undefined,
      };
    }),
    ...files.map((file): SubtitleEntry => ({
      key: `beside ${file.name}`,
      track: undefined,
      file,
      label: unlike([
        file.language === undefined ? file.name : nameOf(file.language),
        file.captions && "for the deaf",
        file.forced && "forced",
      ]),
      language: file.language,
      forced: file.forced,
      default: false,
      pictures: file.pictures,
      shown: true,
    })),
  ];
}

/** What is shown unasked. */
export function preferred(
  entries: readonly SubtitleEntry[],
  { remembered, audio, languages }: Preference,
): SubtitleEntry | undefined {
  const shown = entries.filter((entry) => entry.shown);
  const inLanguage = (language: string, forced: boolean) =>
    shown.filter((entry) => entry.forced === forced && isSame(entry.language, language));
  if (remembered) {
    const found = inLanguage(remembered, false);
    if (found.length > 0) return found.find((entry) => entry.default) ?? found[0];
  }
  if (remembered === null && audio !== undefined && !languages.some((language) => isSame(audio, language))) {
    // The makers and the user's browser agree.
    for (const language of languages) {
      const found = inLanguage(language, false).find((entry) => entry.default);
      if (found !== undefined) return found;
    }
  }
  return audio === undefined ? undefined : inLanguage(audio, true)[0];
}

/** Whether two tags name one language, whatever the country. */
function isSame(a: string | undefined, b: string): boolean {
  return a?.split("-")[0] === b.split("-")[0];
}
