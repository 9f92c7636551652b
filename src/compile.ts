/**
 * Puts the bundled program and the player behind the runtime: one executable.
 *
 *     deno run --allow-run --allow-read --allow-env=DENO src/compile.ts [output] [flags of deno compile]
 *
 * Run by `deno task compile` in the project's directory, from `dist`. `DENO` names another Deno than the one that
 * runs this; where its base cannot be downloaded, `DENORT_BIN` says where that is.
 */
import { resolve } from "node:path";
import { MODULES } from "./bundle.ts";
import manifest from "../deno.json" with { type: "json" };

const DIST = "dist";
const MAIN = "main.js";

/** Flags of `deno task start:bundle`: what main may do is baked in, since nobody can say so when it starts. */
const PERMISSIONS = manifest.tasks["start:bundle"].command.split(" ").filter((word) => word.startsWith("--"));

const FLAGS = [
  "--quiet",
  "--no-check",
  // All that it needs is in the bundle.
  "--no-lock",
  "--no-remote",
  "--no-npm",
  // The cache would be a file of a name that everybody knows in the folder for temporary files.
  "--no-code-cache",
];

/** What the program reads of itself beside its main module; source maps stay outside, for those who read a stack. */
const PARTS = [...Object.keys(MODULES).filter((name) => name !== MAIN), "assets"];

const [output = `${DIST}/unarr-stream`, ...more] = Deno.args;
const { code } = await new Deno.Command(Deno.env.get("DENO") ?? Deno.execPath(), {
  args: [
    "compile",
    ...FLAGS,
    ...PERMISSIONS,
    ...PARTS.flatMap((name) => ["--include", name]),
    "--output",
    resolve(output),
    ...more,
    MAIN,
  ],
  // Paths inside the executable are relative to it.
  cwd: DIST,
}).spawn().status;
Deno.exit(code);
