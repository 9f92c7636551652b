import assert from "node:assert/strict";
import { type Build, Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";

/** Flags of `deno task start:bundle`: away from the project there is no `deno.json` to say them. */
const UNSTABLE = ["--unstable-worker-options", "--unstable-net", "--unstable-no-legacy-abort"];

async function bundle(directory: string): Promise<string> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run", "--allow-read", "--allow-write", "src/bundle.ts", directory],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return `${directory}/main.js`;
}

Deno.test("bundle: the program as plain JavaScript serves with all its threads", async () => {
  await using out = await TempDir.make();
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(3 << 20));
  const main = await bundle(out.path);
  const args = [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0", "--engines", "2"];
  const build: Build = { main, flags: ["--no-config", ...UNSTABLE] };
  await using program = await Program.start(args, {}, build);
  const access = await program.access();
  for (const stack of STACK_NAMES) {
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "a.bin" });
    assert.deepEqual(await channel.bytes(1 << 20, 70_000), patterned((1 << 20) + 70_000).slice(1 << 20));
    assert.equal((await channel.read(0, 0)).bytes, 3 << 20);
    await viewer.close();
  }
  program.signal("SIGTERM");
  assert.equal((await program.ended()).code, 0);
  const version = await Program.run(["--version"], {}, build);
  assert.match(version.out, /^unarr-stream [\d.]+ \(([0-9a-f]{7,}(-dirty)?|commit unknown), Deno /);
  // A runtime that would not confine the threads is no place to serve from.
  const unconfined = await Program.run(args, {}, { main, flags: ["--no-config", "--unstable-net"] });
  assert.notEqual(unconfined.code, 0);
  assert.equal(unconfined.out, "");
  assert.match(unconfined.err, /--unstable-worker-options/);
});
