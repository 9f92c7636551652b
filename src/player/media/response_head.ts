import { contentType } from "./content_types.ts";
import { parseRange } from "./range_header.ts";

export interface HeadRequest {
  readonly range: string | null;
  /** Base name, for the type and for saving. */
  readonly name: string;
  /** Bytes; `Infinity` where it is not known. */
  readonly size: number;
  /** The file is to be saved, not shown. */
  readonly download: boolean;
}

export interface ResponseHead {
  readonly status: 200 | 206 | 416;
  readonly headers: Record<string, string>;
  /** The bytes of the body, `end` exclusive; empty for 416. */
  readonly start: number;
  readonly end: number;
}

/** Headers of every answer: nothing is kept, and nothing in a file can act in the page's name. */
export const SAFE_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Status and headers for a file or a part of it. */
export function responseHead({ range, name, size, download }: HeadRequest): ResponseHead {
  const wanted = parseRange(range, size);
  const acceptRanges = Number.isFinite(size) ? "bytes" : "none";
  const headers: Record<string, string> = { ...SAFE_HEADERS, "accept-ranges": acceptRanges };
  if (wanted.kind === "unsatisfiable") {
    headers["content-range"] = `bytes */${Number.isFinite(size) ? size : "*"}`;
    headers["content-length"] = "0";
    return { status: 416, headers, start: 0, end: 0 };
  }
  const { start, end } = wanted.kind === "part" ? wanted : { start: 0, end: size };
  headers["content-type"] = contentType(name);
  if (Number.isFinite(end)) headers["content-length"] = String(end - start);
  if (download) headers["content-disposition"] = contentDisposition(name);
  if (wanted.kind === "whole") return { status: 200, headers, start, end };
  headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return { status: 206, headers, start, end };
}

/** RFC 6266: a name in ASCII for old programs, and the whole name in UTF-8 for all others. */
export function contentDisposition(name: string): string {
  const plain = name.toWellFormed().replace(/[^\x20-\x7e]|["\\%]/g, "_");
  // RFC 8187 allows fewer characters than encodeURIComponent leaves alone.
  const encoded = encodeURIComponent(name.toWellFormed())
    .replace(/['()*!]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
