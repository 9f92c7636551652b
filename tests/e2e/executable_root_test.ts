/** The executable where there is nothing but itself and the media. */
import assert from "node:assert/strict";
import { COMPILED, Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";

/** What a local user may have put where the runtime looks for settings and packages. */
const TRAP = "trap that was stepped into";

/** Shared libraries of a program, as `ldd` tells them. */
async function libraries(program: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ldd", { args: [program] }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}

/** bubblewrap, with nothing in the root but what is named; as nobody, and with nothing inherited but the network. */
function emptyRoot(binds: Record<string, string>): [string, ...string[]] {
  return [
    "bwrap",
    "--unshare-all",
    "--share-net",
    "--die-with-parent",
    "--uid",
    "65534",
    "--gid",
    "65534",
    "--cap-drop",
    "ALL",
    ...Object.entries(binds).flatMap(([inside, outside]) => ["--ro-bind", outside, inside]),
    "--proc",
    "/proc",
    "--chdir",
    "/",
  ];
}

/** Why it cannot be tried here, as part of a test's name; empty where it can. */
async function obstacle(): Promise<string> {
  if (COMPILED === undefined) return " (set UNARR_TEST_PROGRAM to a compiled program)";
  const args = [...emptyRoot({ "/": "/" }).slice(1), "true"];
  const tried = await new Deno.Command("bwrap", { args }).output().catch(() => undefined);
  return tried?.success ? "" : " (needs bubblewrap, and the right to make namespaces)";
}

const why = await obstacle();

Deno.test({
  name: `executable: in a root that holds itself and the media it serves a film${why}`,
  ignore: why !== "",
  fn: async () => {
    await using media = await TempDir.make();
    await using temporary = await TempDir.make();
    const film = patterned(3 << 20);
    await media.put("a.bin", film);
    // The runtime asks for packages next to where it says that the program's modules are.
    const trap = `console.error(${JSON.stringify(TRAP)});`;
    await temporary.put("node_modules/supports-color/index.js", trap);
    await temporary.put("node_modules/supports-color/package.json", '{ "main": "index.js" }');
    await temporary.put("package.json", '{ "type": "commonjs", "imports": {} }');
    await Deno.chmod(media.path, 0o755);
    await Deno.chmod(temporary.path, 0o755);
    const own = [COMPILED!, ...await libraries(COMPILED!)];
    const binds = {
      ...Object.fromEntries(own.map((path) => [path, path])),
      "/media": media.path,
      "/tmp/node_modules": `${temporary.path}/node_modules`,
      "/tmp/package.json": `${temporary.path}/package.json`,
    };
    await using program = await Program.start(
      ["--allow-read=/media", "serve", "--listen", "127.0.0.1:0"],
      {},
      { through: emptyRoot(binds) },
    );
    for (const stack of STACK_NAMES) {
      const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath: "a.bin" });
      assert.deepEqual(await channel.bytes(0, film.length), film);
      await viewer.close();
    }
    assert.ok(!program.log.some((line) => line.includes(TRAP)));
  },
});
