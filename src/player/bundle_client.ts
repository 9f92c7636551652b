/**
 * Makes `dist/client/`: the viewer's client library as one ES module for other web pages, its types in one file
 * beside it. Says how large the module is.
 *
 * Run by `deno task bundle:client`, in the project's directory.
 */
const OUT = "dist/client";
/** Below the other, so that nothing outside `dist` is touched. */
const WORK = "dist/client/work";
const SOURCE = "src/player/client/mod.ts";

/** As a web page is checked: no Deno, all that a browser has. */
async function writeConfiguration(path: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const lib = ["esnext", "dom", "dom.iterable", "dom.asynciterable"];
  const configuration = { imports, compilerOptions: { lib, skipLibCheck: true } };
  await Deno.writeTextFile(path, JSON.stringify(configuration));
}

async function deno(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "piped" })
    .output();
  if (code !== 0) throw new Error(`deno ${args[0]} failed:\n${new TextDecoder().decode(stderr)}`);
}

/**
 * The module's types stand together in one file, where nothing is left to import; what only other files of the
 * source take from each other is no export of it.
 *
 * @param exported names that the module has when it runs
 */
async function writeTypes(from: string, to: string, exported: ReadonlySet<string>): Promise<void> {
  const source = await Deno.readTextFile(SOURCE);
  const typesOnly: string[] = [];
  const lines = (await Deno.readTextFile(from)).split("\n")
    .filter((line) => !/^import .* from "\./.test(line))
    .map((line) => {
      const name = /^export declare (?:async )?(?:function|class|const|let) (\w+)/.exec(line)?.[1];
      if (name === undefined || exported.has(name)) return line;
      if (new RegExp(`^export .*\\b${name}\\b.* from`, "m").test(source)) typesOnly.push(name);
      return line.replace("export ", "");
    });
  // Without such a line all that a file of types declares is exported.
  await Deno.writeTextFile(to, [...lines, `export type { ${typesOnly.join(", ")} };`, ""].join("\n"));
}

/** Names that a bundled module exports: it has one clause that lists them. */
function exportsOf(module: string): Set<string> {
  const [, clause] = /export\s*\{([^}]*)\}/.exec(module) ?? [];
  if (clause === undefined) throw new Error("the module exports nothing");
  return new Set(clause.split(",").map((item) => item.trim().split(/\s+as\s+/).at(-1)!));
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

await Deno.remove(OUT, { recursive: true }).catch(() => {});
await Deno.mkdir(WORK, { recursive: true });
try {
  await writeConfiguration(`${WORK}/deno.json`);
  const options = ["--quiet", "--platform", "browser", "--minify", "--declaration"];
  await deno("bundle", ...options, "--config", `${WORK}/deno.json`, "--outdir", `${WORK}/out`, SOURCE);
  const module = await Deno.readFile(`${WORK}/out/mod.js`);
  await Deno.writeFile(`${OUT}/unarr-client.js`, module);
  await writeTypes(
    `${WORK}/out/mod.d.ts`,
    `${OUT}/unarr-client.d.ts`,
    exportsOf(new TextDecoder().decode(module)),
  );
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const size = `${kilobytes(module.length)}, ${kilobytes(await gzipped(module))} compressed`;
  await Deno.stderr.write(new TextEncoder().encode(`${OUT}/unarr-client.js  ${size}\n`));
} finally {
  await Deno.remove(WORK, { recursive: true });
}
