/// <reference lib="dom" />
import type { AudioFacts } from "../remux/media_facts.ts";
import { element } from "./dom.ts";
import { formatLanguage } from "./format.ts";
import type { PageStorage } from "./storage.ts";

/** Under which the page remembers the language of what was chosen. */
const KEY = "sound-language";

/** A list of a film's sounds, of which `heard` is heard. */
export function soundChoice(
  sounds: readonly AudioFacts[],
  heard: number | undefined,
  storage: PageStorage,
  choose: (id: number) => void,
): HTMLElement {
  const choice = element("select", { "aria-label": "Sound", class: "button" });
  sounds.forEach((sound, i) => {
    choice.append(element("option", { value: String(sound.id) }, soundName(sound, i)));
  });
  if (heard !== undefined) choice.value = String(heard);
  choice.onchange = () => {
    const id = Number(choice.value);
    remember(sounds.find((sound) => sound.id === id)?.language, storage);
    choose(id);
  };
  return choice;
}

/** The sound in the language that was chosen last; undefined where the film's makers know better. */
export function wantedSound(sounds: readonly AudioFacts[], storage: PageStorage): number | undefined {
  const language = storage.getItem(KEY);
  return language === null ? undefined : sounds.find((sound) => sound.language === language)?.id;
}

function remember(language: string | undefined, storage: PageStorage): void {
  // What names no language says nothing about other films.
  if (language === undefined || language === "und") return;
  try {
    storage.setItem(KEY, language);
  } catch {
    // A browser that keeps nothing, or has no room.
  }
}

/** `English, 5.1, ac3`. */
function soundName({ language, name, channels, codec }: AudioFacts, index: number): string {
  const spoken = formatLanguage(language);
  const speakers = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" }[channels] ?? `${channels} channels`;
  return [name ?? spoken ?? `Sound ${index + 1}`, speakers, codec].join(", ");
}
