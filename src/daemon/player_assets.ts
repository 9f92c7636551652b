/** A file of the player, ready to be sent. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

/**
 * The bundled player, read once: URL path to file. Empty where it has not been built.
 *
 * @param directory a `file:` URL that ends with a slash
 */
export async function playerAssets(directory: URL): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
      if (!isFile || type === undefined) continue;
      const body = await Deno.readFile(new URL(encodeURIComponent(name), directory));
      assets.set(name === "index.html" ? "/" : `/${name}`, { body, type });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return assets;
}
