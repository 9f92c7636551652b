/**
 * Makes `dist/player/`: the page and its service worker as one file of plain JavaScript each, the worker that
 * takes films apart with its decoders in files that are loaded when a film needs them, and the files that are
 * served as they are; and `dist/assets/`: the same as it is sent, compressed once and not for each browser. Does
 * nothing when all of it is newer than its sources.
 *
 * Run by `deno task bundle:player`, in the project's directory.
 */
import { gzipSync } from "node:zlib";

const OUT = "dist/player";

const ASSETS = "dist/assets";

const SCRIPTS = {
  "service_worker.js": "src/player/service_worker.ts",
  "channel_worker.js": "src/player/channels/channel_worker.ts",
  "page.js": "src/player/page/main.ts",
} as const;

/** Entries whose dynamic imports become files of their own. */
const SPLIT = { "remux_worker.js": "src/player/remux/remux_worker.ts" } as const;

const STATIC = {
  "index.html": "src/player/page/index.html",
  "icon.svg": "src/player/page/icon.svg",
} as const;

/** Sheets of which none may depend on the order: the page gets them as one file. */
const STYLES = "src/player/page/css";

const STYLE_SHEET = "page.css";

const SOURCES = ["src/player", "src/wire", "src/signal", "src/trust", "deno.json", "deno.lock"] as const;

const OUTPUTS = [STYLE_SHEET, ...[SCRIPTS, SPLIT, STATIC].flatMap((files) => Object.keys(files))]
  .flatMap((name) => [`${OUT}/${name}`, `${ASSETS}/${name}.gz`]);

async function modified(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** The latest change below a path, in milliseconds since 1970. */
async function newest(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (!info?.isDirectory) return info?.mtime?.getTime() ?? 0;
  // Of the directory itself, too: a file that was removed changes nothing else.
  let latest = info.mtime?.getTime() ?? 0;
  for await (const { name } of Deno.readDir(path)) latest = Math.max(latest, await newest(`${path}/${name}`));
  return latest;
}

async function isFresh(): Promise<boolean> {
  const oldest = Math.min(...await Promise.all(OUTPUTS.map(modified)));
  if (oldest === 0) return false;
  return oldest >= Math.max(...await Promise.all(SOURCES.map(newest)));
}

/** @param where arguments that say where the output goes */
async function bundle(source: string, ...where: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", ...where, source],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${source} could not be bundled:\n${new TextDecoder().decode(stderr)}`);
}

/** All sheets as one, `base.css` first. */
async function styleSheet(): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(STYLES), ({ name }) => name);
  names.sort((a, b) => Number(b === "base.css") - Number(a === "base.css") || (a < b ? -1 : 1));
  return (await Promise.all(names.map((name) => Deno.readTextFile(`${STYLES}/${name}`)))).join("\n");
}

/** Parts are named after their content: those of before would stay beside the others. */
async function empty(directory: string): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(directory, { recursive: true });
}

if (!await isFresh()) {
  await Promise.all([OUT, ASSETS].map(empty));
  const [first, ...others] = Object.entries(SCRIPTS)
    .map(([name, source]) => () => bundle(source, "--output", `${OUT}/${name}`));
  // On a new machine the first installs the bundler; two at once would each take away what the other unpacks.
  await first!();
  await Promise.all([
    ...others.map((start) => start()),
    ...Object.values(SPLIT).map((source) => bundle(source, "--code-splitting", "--outdir", OUT)),
    styleSheet().then((text) => Deno.writeTextFile(`${OUT}/${STYLE_SHEET}`, text)),
    // Written, not copied: a copy may keep the time of its source, and would look old for ever.
    ...Object.entries(STATIC).map(async ([name, source]) =>
      await Deno.writeFile(`${OUT}/${name}`, await Deno.readFile(source))
    ),
  ]);
  for await (const { name } of Deno.readDir(OUT)) {
    const bytes = await Deno.readFile(`${OUT}/${name}`);
    // Under names that end with ".gz" `deno compile` takes no script for one of the program's modules.
    const sent = gzipSync(bytes, { level: 9 });
    await Deno.writeFile(`${ASSETS}/${name}.gz`, sent);
    const size = (bytes.byteLength / 1000).toFixed(1);
    const line = `${OUT}/${name}`.padEnd(32) +
      `${size} kB, ${(sent.byteLength / 1000).toFixed(1)} compressed\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
  }
}
