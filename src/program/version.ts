import manifest from "../../deno.json" with { type: "json" };

/** The program's version, from the manifest. */
export const VERSION: string = manifest.version;

/** Replaced in a bundle by the commit, filled with spaces to the same length: the source map stays right. */
const COMMIT_STAMP = "________________________________________";

/** What git calls the commit that a bundle was made of; undefined where the program runs from source. */
export const COMMIT: string | undefined = COMMIT_STAMP.startsWith("_") ? undefined : COMMIT_STAMP.trim();
