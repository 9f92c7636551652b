import type { Cue } from "../subtitles/cue.ts";
import type { EmbeddedTracks } from "../subtitles/embedded/track.ts";
import type { PictureWindow } from "../subtitles/pictures/display_set.ts";
import type { MediaFacts } from "./media_facts.ts";
import type { RemuxPlan } from "./plan.ts";

/** Page to worker. */
export type PageOrder =
  /** First: which file it is about. Its bytes are asked for by `media-request`s. */
  | { readonly type: "open"; readonly path: string; readonly size: number }
  /** Make fragments from a place on, in seconds; what was being made before ends. */
  | { readonly type: "start"; readonly run: number; readonly time: number; readonly plan: RemuxPlan }
  /** There is room for one fragment more. */
  | { readonly type: "next"; readonly run: number }
  /** The browser has what was in a piece. */
  | { readonly type: "spent"; readonly buffer: ArrayBuffer }
  /** This subtitle track is shown, and where, in seconds. */
  | { readonly type: "want-cues"; readonly track: number; readonly time: number };

/** Worker to page. */
export type WorkerReport =
  | { readonly type: "facts"; readonly facts: MediaFacts }
  /** Once for each run, before its fragments. */
  | { readonly type: "init"; readonly run: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "fragment"; readonly run: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The run has come to the file's end. */
  | { readonly type: "end"; readonly run: number }
  /** The subtitles inside the file, before any cues. */
  | { readonly type: "subtitles"; readonly found: EmbeddedTracks }
  /** As they are found, of all tracks; in seconds of what is shown. */
  | { readonly type: "cues"; readonly track: number; readonly cues: readonly Cue[] }
  /** Of the picture subtitles that are wanted, in place of the window before; in seconds of what is shown. */
  | { readonly type: "pictures"; readonly track: number; readonly window: PictureWindow }
  /** Nothing more comes; a sentence. */
  | { readonly type: "failed"; readonly message: string };
