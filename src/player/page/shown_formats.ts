/// <reference lib="dom" />
import type { MediaKind } from "../media/content_types.ts";
import type { FileFormat } from "../media/sniff.ts";

/** How a format is shown that is played. */
export interface PlayedFormat {
  readonly kind: Extract<MediaKind, "video" | "audio">;
  /** MIME type, where browsers take such files as they are. */
  readonly type?: string;
}

/** How a format is shown. */
export type Shown = PlayedFormat | { readonly kind: "image" | "text" | "pdf" };

/** What can be shown at all. */
export const FORMATS: Partial<Record<FileFormat, Shown>> = {
  mp4: { kind: "video", type: "video/mp4" },
  webm: { kind: "video", type: "video/webm" },
  matroska: { kind: "video" },
  "mpeg-ts": { kind: "video" },
  mp3: { kind: "audio", type: "audio/mpeg" },
  adts: { kind: "audio", type: "audio/aac" },
  flac: { kind: "audio", type: "audio/flac" },
  ogg: { kind: "audio", type: "audio/ogg" },
  wav: { kind: "audio", type: "audio/wav" },
  jpeg: { kind: "image" },
  png: { kind: "image" },
  gif: { kind: "image" },
  webp: { kind: "image" },
  avif: { kind: "image" },
  bmp: { kind: "image" },
  pdf: { kind: "pdf" },
  text: { kind: "text" },
};

/** Whether the browser seems to take a MIME type, with codecs or without. */
export function canPlay(type: string): boolean {
  return document.createElement("video").canPlayType(type) !== "";
}

/** Whether the browser takes files of this format as they are. */
export function isNative({ type }: PlayedFormat): boolean {
  return type !== undefined && canPlay(type);
}
