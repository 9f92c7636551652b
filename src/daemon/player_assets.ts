import type { Asset } from "../relay/static.ts";

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/** At the end of the name of a file that is compressed. */
const GZIP = ".gz";

/**
 * The bundled player, read once: URL path to file. Empty where it has not been built.
 *
 * @param directory a `file:` URL that ends with a slash; what is in it may be compressed by gzip
 */
export async function playerAssets(directory: URL): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      const plain = name.endsWith(GZIP) ? name.slice(0, -GZIP.length) : name;
      const type = TYPES[plain.slice(plain.lastIndexOf(".") + 1)];
      if (!isFile || type === undefined) continue;
      const bytes = await Deno.readFile(new URL(encodeURIComponent(name), directory));
      const body = shared(bytes);
      const asset = plain === name ? { body, type } : { body, type, encoding: "gzip" as const };
      assets.set(plain === "index.html" ? "/" : `/${plain}`, asset);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return assets;
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
