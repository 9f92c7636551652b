/** What the page can do with a file. */
export type MediaKind = "video" | "audio" | "image" | "other";

/**
 * Only types that a browser shows without running anything in them: the answers of the service worker
 * have this page's origin, so an HTML or SVG file from the box must never be served as one.
 */
const TYPES: Readonly<Record<string, string>> = {
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
  ogv: "video/ogg",
  mov: "video/quicktime",
  mkv: "video/x-matroska",
  avi: "video/x-msvideo",
  wmv: "video/x-ms-wmv",
  flv: "video/x-flv",
  mpg: "video/mpeg",
  mpeg: "video/mpeg",
  ts: "video/mp2t",
  m2ts: "video/mp2t",
  "3gp": "video/3gpp",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  aac: "audio/aac",
  flac: "audio/flac",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  weba: "audio/webm",
  mka: "audio/x-matroska",
  wma: "audio/x-ms-wma",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  bmp: "image/bmp",
  pdf: "application/pdf",
  txt: "text/plain; charset=utf-8",
  srt: "text/plain; charset=utf-8",
  nfo: "text/plain; charset=utf-8",
  vtt: "text/vtt; charset=utf-8",
};

/** The media type for a file name, by its extension. */
export function contentType(name: string): string {
  const dot = name.lastIndexOf(".");
  const extension = dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
  return Object.hasOwn(TYPES, extension) ? TYPES[extension]! : "application/octet-stream";
}

/** The kind of a file name, by its extension. */
export function mediaKind(name: string): MediaKind {
  const kind = contentType(name).split("/", 1)[0];
  return kind === "video" || kind === "audio" || kind === "image" ? kind : "other";
}
