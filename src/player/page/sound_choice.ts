/// <reference lib="dom" />
import type { AudioFacts } from "../remux/media_facts.ts";
import { element } from "./dom.ts";
import { formatLanguage } from "./format.ts";

/** A list of a film's sounds, the one that is heard first. */
export function soundChoice(sounds: readonly AudioFacts[], choose: (id: number) => void): HTMLElement {
  const choice = element("select", { "aria-label": "Sound", class: "button" });
  sounds.forEach((sound, i) => {
    choice.append(element("option", { value: String(sound.id) }, soundName(sound, i)));
  });
  choice.onchange = () => choose(Number(choice.value));
  return choice;
}

/** `English, 5.1, ac3`. */
function soundName({ language, name, channels, codec }: AudioFacts, index: number): string {
  const spoken = formatLanguage(language);
  const speakers = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" }[channels] ?? `${channels} channels`;
  return [name ?? spoken ?? `Sound ${index + 1}`, speakers, codec].join(", ");
}
