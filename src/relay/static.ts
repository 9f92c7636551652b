/** The player's files, held in memory and given by the caller: the relay reads no file system. */
import { createHash } from "node:crypto";
import { RelayError } from "./errors.ts";
import { PacedBodies, type Reader } from "./paced_body.ts";

/** One file of the player. */
export interface Asset {
  readonly body: Uint8Array;
  /** Its `Content-Type`. */
  readonly type: string;
  /** Its `Content-Encoding` (RFC 9110, 8.4), where the body is compressed. */
  readonly encoding?: "gzip" | undefined;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  // No string becomes markup, and none a script but the addresses of the player's own workers.
  "require-trusted-types-for 'script'",
  "trusted-types unarr default",
].join("; ");

/** Names under which a service worker's script is served; its scope may then be the whole site. */
const SERVICE_WORKER = /\/(?:sw|service[-_]?worker)\.js$/;

interface Prepared {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isCompressed: boolean;
  readonly etag: string;
  readonly headers: Headers;
}

/**
 * Answers a GET for `path` (the URL's, as it came), or undefined where there is no such file; throws RelayError 503
 * where too many answers wait to be read, of all or of the caller's address.
 */
export type Assets = (path: string, request: Headers, reader?: Reader) => Response | undefined;

export function prepareAssets(files: ReadonlyMap<string, Asset>): Assets {
  const prepared = new Map([...files].map(([path, asset]) => [path, prepare(path, asset)]));
  const bodies = new PacedBodies();
  return (path, request, reader) => {
    const asset = prepared.get(path);
    if (asset === undefined) return undefined;
    const { body, headers } = asset;
    const answer = (body: Uint8Array<ArrayBuffer>, headers: Headers) =>
      answerOf(bodies.of(body, reader), body.byteLength, headers);
    const ifNoneMatch = request.get("If-None-Match");
    if (ifNoneMatch !== null && matches(ifNoneMatch, asset.etag)) {
      return new Response(null, { status: 304, headers });
    }
    if (!asset.isCompressed) return answer(body, headers);
    if (!/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.get("Accept-Encoding") ?? "")) {
      const whole = answer(body, headers).body!.pipeThrough(new DecompressionStream("gzip"));
      return new Response(whole, { headers });
    }
    const compressed = answer(body, headers);
    compressed.headers.set("Content-Encoding", "gzip");
    return compressed;
  };
}

function answerOf(body: ReadableStream<Uint8Array> | undefined, length: number, headers: Headers): Response {
  if (body === undefined) {
    throw new RelayError(503, "busy", "Too many answers wait to be read.", { retryAfter: 5 });
  }
  const response = new Response(body, { headers });
  response.headers.set("Content-Length", String(length));
  return response;
}

function prepare(path: string, asset: Asset): Prepared {
  const body = new Uint8Array(asset.body);
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const headers = new Headers({
    "Content-Type": asset.type,
    // Weak: the same for both encodings.
    "ETag": asset.encoding === undefined ? etag : `W/${etag}`,
    // Always asked again, so that a page never runs with the scripts of an older relay.
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  });
  const isCompressed = asset.encoding === "gzip";
  if (isCompressed) headers.set("Vary", "Accept-Encoding");
  if (SERVICE_WORKER.test(path)) headers.set("Service-Worker-Allowed", "/");
  return { body, isCompressed, etag, headers };
}

/** `If-None-Match` as in RFC 9110, 13.1.2: weak comparison of a list. */
function matches(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
