/// <reference lib="dom" />
/** The scripts that the player may start, at the top of its own origin. */
const SCRIPTS = ["/channel_worker.js", "/remux_worker.js", "/service_worker.js"] as const;

export type ScriptPath = typeof SCRIPTS[number];

/** The part of the Trusted Types API that is needed; `lib.dom` has none of it. */
interface TrustedTypePolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** Of the browser; undefined where it has none. */
const factory = (globalThis as { trustedTypes?: TrustedTypePolicyFactory }).trustedTypes;

/** Under the relay's Content-Security-Policy the page's only way to a script. */
const policy = factory?.createPolicy("unarr", {
  createScriptURL: (url) => {
    if (!SCRIPTS.some((script) => script === url)) throw new TypeError(`${url} is no script of the player`);
    return url;
  },
});

/** A script's address as `Worker` and `register` take it (Trusted Types, section 2.2). */
export function scriptUrl(path: ScriptPath): string {
  return policy?.createScriptURL(path) ?? path;
}

/** Lets a library in this worker start workers of its own from blobs, and nothing else. */
export function allowBlobWorkers(): void {
  factory?.createPolicy("default", {
    createScriptURL: (url) => {
      if (!url.startsWith("blob:")) throw new TypeError("only blobs are scripts here");
      return url;
    },
  });
}
