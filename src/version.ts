import manifest from "../deno.json" with { type: "json" };

/** The program's version, from the manifest. */
export const VERSION: string = manifest.version;
