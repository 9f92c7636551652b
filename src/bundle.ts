/**
 * Makes plain JavaScript of the program: one module for main and one for each kind of thread, so that none
 * loads what only another needs.
 *
 *     deno run --allow-run src/bundle.ts [directory]
 *
 * Run by `deno task bundle`, in the project's directory, into `dist`.
 */
const MODULES = {
  "main.js": "main.ts",
  "agent.js": "src/serve/agent_thread.ts",
  "engine.js": "src/serve/engine_thread.ts",
  "relay.js": "src/relay/relay_thread.ts",
} as const;

/** Minified, an idle box holds some megabytes less; the maps tell what a stack in a log speaks of. */
const FLAGS = ["--quiet", "--platform", "deno", "--minify", "--sourcemap", "external"];

async function bundle(source: string, target: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...FLAGS, "--output", target, source],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${source} could not be bundled:\n${new TextDecoder().decode(stderr)}`);
}

const [directory = "dist"] = Deno.args;
await Promise.all(Object.entries(MODULES).map(([name, source]) => bundle(source, `${directory}/${name}`)));
