import assert from "node:assert/strict";
import { entriesOf, type Preference, preferred } from "../../../src/player/subtitles/choice.ts";
import type { EmbeddedTrack } from "../../../src/player/subtitles/embedded/track.ts";

const NAMES: Readonly<Record<string, string>> = { en: "English", de: "German", fr: "French" };

function track(id: number, more: Partial<EmbeddedTrack> = {}): EmbeddedTrack {
  return {
    id,
    format: "srt",
    codec: "S_TEXT/UTF8",
    language: undefined,
    name: undefined,
    forced: false,
    default: false,
    captions: false,
    ...more,
  };
}

function choice(tracks: EmbeddedTrack[], more: Partial<Preference>): string | undefined {
  const entries = entriesOf(tracks, [], (language) => NAMES[language] ?? language);
  return preferred(entries, { remembered: null, audio: undefined, languages: ["en-GB"], ...more })?.key;
}

Deno.test("choice of subtitles: each has a name of its own", () => {
  const tracks = [
    track(1, { language: "en" }),
    track(2, { language: "en", name: "English" }),
    track(3, { language: "de", name: "Kommentar", captions: true, forced: true }),
    track(4),
    track(5, { name: "Lieder" }),
    track(6, { format: undefined, codec: "S_VOBSUB", language: "fr" }),
    track(8, { format: "pgs", codec: "S_HDMV/PGS", language: "fr" }),
    track(7, { format: undefined, codec: "c608" }),
  ];
  const files = [
    { name: "f.en.srt", language: "en", captions: false, forced: false, pictures: false },
    { name: "f.x.srt", language: undefined, captions: false, forced: true, pictures: false },
    { name: "f.fr.sup", language: "fr", captions: false, forced: false, pictures: true },
  ];
  const entries = entriesOf(tracks, files, (language) => NAMES[language]!);
  assert.deepEqual(entries.map(({ label }) => label), [
    "English",
    "English (2)",
    "German, Kommentar, for the deaf, forced",
    "Subtitles 4",
    "Lieder",
    "French, picture subtitles, not shown",
    "French",
    "Subtitles 8, not shown",
    "English (3)",
    "f.x.srt, forced",
    "French (2)",
  ]);
  assert.deepEqual(entries.filter(({ pictures }) => pictures).map(({ key }) => key), [
    "inside 8",
    "beside f.fr.sup",
  ]);
  assert.equal(new Set(entries.map(({ key }) => key)).size, entries.length);
});

Deno.test("choice of subtitles: what comes unasked", () => {
  const english = track(1, { language: "en" });
  const usual = track(2, { language: "en", default: true });
  const forced = track(3, { language: "en", forced: true });
  const german = track(4, { language: "de", default: true });
  const all = [english, usual, forced, german];
  assert.equal(choice([english, german], { audio: "en" }), undefined);
  assert.equal(choice(all, { audio: "en-US" }), "inside 3");
  assert.equal(choice(all, { audio: "en", remembered: "" }), "inside 3");
  assert.equal(choice(all, { audio: "en", remembered: "de" }), "inside 4");
  assert.equal(choice(all, { audio: "en", remembered: "fr" }), "inside 3");
  assert.equal(choice(all, { remembered: "en" }), "inside 2");
  // The sound is in a language that the user does not read.
  assert.equal(choice(all, { audio: "ja" }), "inside 2");
  assert.equal(choice(all, { audio: "ja", remembered: "" }), undefined);
  assert.equal(choice([english, german], { audio: "ja" }), undefined);
  assert.equal(choice([track(1, { language: "de", format: undefined })], { remembered: "de" }), undefined);
});
