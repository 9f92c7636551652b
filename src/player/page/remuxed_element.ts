/// <reference lib="dom" />
import type { MediaKind } from "../media/content_types.ts";
import type { MediaServer } from "../media/media_bridge.ts";
import { abilities } from "../remux/abilities.ts";
import type { AudioFacts, MediaFacts } from "../remux/media_facts.ts";
import { type Abilities, plan, Unplayable } from "../remux/plan.ts";
import { Remuxer } from "../remux/remuxer.ts";
import type { EmbeddedEvents } from "../subtitles/embedded/track.ts";
import { RemuxStream } from "../remux/stream.ts";
import { type MediaElement, player, playerFacts } from "./media_element.ts";

/** A film that is taken apart for the browser. */
export interface RemuxedElement extends MediaElement {
  /** It is of a kind that cannot be played here; a sentence. */
  onunplayable: (message: string) => void;
  /** There are several sounds to choose from. @param heard the one that is heard */
  onsounds: (sounds: readonly AudioFacts[], heard: number | undefined) => void;
  /** Which sound to begin with; undefined leaves it to the file. */
  wanted: (sounds: readonly AudioFacts[]) => number | undefined;
  /** Told of the subtitles inside the film. */
  onsubtitles: EmbeddedEvents;
  /** A subtitle track is shown, and where, in seconds. */
  want(track: number, time: number): void;
  /** Goes on with another sound. */
  choose(id: number): void;
}

/**
 * @param from seconds
 * @param media serves the bytes
 */
export function remuxedElement(
  kind: MediaKind,
  label: string,
  file: { readonly path: string; readonly size: number },
  media: MediaServer,
  from = 0,
): RemuxedElement {
  const element = player(kind, label);
  let remuxer: Remuxer | undefined;
  let stream: RemuxStream | undefined;
  let facts: MediaFacts | undefined;
  let can: Abilities | undefined;
  let sound: number | undefined;
  let disposed = false;

  const close = () => {
    stream?.close();
    remuxer?.close();
  };
  const open = async (at: number) => {
    close();
    remuxer = new Remuxer(file, media);
    remuxer.onsubtitles = {
      tracks: (found) => made.onsubtitles.tracks(found),
      cues: (track, cues) => made.onsubtitles.cues(track, cues),
      pictures: (track, window) => made.onsubtitles.pictures(track, window),
    };
    try {
      facts = await remuxer.facts;
      can = await abilities(facts);
      if (disposed) return;
      sound ??= made.wanted(facts.audio);
      const chosen = plan(facts, can, sound);
      stream = new RemuxStream(element, remuxer, chosen, facts.duration, at);
      stream.onproblem = made.onproblem;
      if (facts.audio.length > 1) made.onsounds(facts.audio, chosen.audio?.id);
    } catch (error) {
      if (disposed) return;
      const message = error instanceof Unplayable
        ? error.message
        : "This file holds nothing that a browser can play, or it is damaged.";
      made.onunplayable(message);
    }
  };
  const made: RemuxedElement = {
    element,
    onready: () => {},
    onproblem: () => {},
    onunplayable: () => {},
    onsounds: () => {},
    wanted: () => undefined,
    onsubtitles: { tracks: () => {}, cues: () => {}, pictures: () => {} },
    want: (track, time) => remuxer?.wantCues(track, time),
    reload: () => void open(element.currentTime),
    choose(id) {
      sound = id;
      try {
        stream?.change(plan(facts!, can!, id));
      } catch (error) {
        made.onunplayable((error as Error).message);
      }
    },
    dispose() {
      disposed = true;
      element.pause();
      close();
      element.removeAttribute("src");
      element.load();
    },
  };
  element.onloadedmetadata = () => made.onready(playerFacts(element));
  void open(from);
  return made;
}
