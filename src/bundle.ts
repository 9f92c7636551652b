/**
 * Makes plain JavaScript of the program: one module for main and one for each kind of thread, so that none
 * loads what only another needs. What a thread imports only when it must is in its module too: a file more would
 * have the runtime look for `package.json` beside it and above, in folders that are not the program's.
 *
 *     deno run --allow-run --allow-read --allow-write src/bundle.ts [directory]
 *
 * Run by `deno task bundle`, in the project's directory, into `dist`.
 */
const DIST = "dist";

/** Made by `deno task bundle:player`. */
const ASSETS = `${DIST}/assets`;

export const MODULES = {
  "main.js": "main.ts",
  "agent.js": "src/serve/agent_thread.ts",
  "doctor.js": "src/doctor/doctor_thread.ts",
  "engine.js": "src/serve/engine_thread.ts",
  "monitor.js": "src/monitoring/monitor_thread.ts",
  "relay.js": "src/relay/relay_thread.ts",
  "redis_relay.js": "src/relay/redis_relay_thread.ts",
} as const;

/** Minified, an idle box holds some megabytes less; the maps tell what a stack in a log speaks of. */
const FLAGS = ["--quiet", "--platform", "deno", "--minify", "--sourcemap", "external"];

/** What src/program/version.ts has in place of the commit. */
const COMMIT_STAMP = "_".repeat(40);

/** What git calls the commit, with a word where the files differ from it. */
async function commit(): Promise<string> {
  const git = new Deno.Command("git", {
    args: ["describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"],
    stderr: "null",
  });
  const { success, stdout } = await git.output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  return success ? new TextDecoder().decode(stdout).trim() : "commit unknown";
}

/** Puts the commit in, in as many characters: the source map stays right. */
async function stamp(file: string): Promise<void> {
  const source = await Deno.readTextFile(file);
  if (!source.includes(COMMIT_STAMP)) throw new Error(`${file} has no place for the commit`);
  const text = (await commit()).slice(0, COMMIT_STAMP.length).padEnd(COMMIT_STAMP.length);
  await Deno.writeTextFile(file, source.replaceAll(COMMIT_STAMP, text));
}

/** The player as it is sent, which `deno task bundle:player` made. */
async function copyAssets(to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(ASSETS)) {
    await Deno.copyFile(`${ASSETS}/${name}`, `${to}/${name}`);
  }
}

async function bundle(source: string, target: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...FLAGS, "--output", target, source],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${source} could not be bundled:\n${new TextDecoder().decode(stderr)}`);
}

if (import.meta.main) {
  const [directory = DIST] = Deno.args;
  const [first, ...others] = Object.entries(MODULES)
    .map(([name, source]) => () => bundle(source, `${directory}/${name}`));
  // On a new machine the first installs the bundler; two at once would each take away what the other unpacks.
  await first!();
  await Promise.all(others.map((start) => start()));
  await stamp(`${directory}/main.js`);
  if (directory !== DIST) await copyAssets(`${directory}/assets`);
}
