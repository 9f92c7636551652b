import assert from "node:assert/strict";
import { openChecked } from "../../src/serve/checked_open.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

async function opens(path: string): Promise<boolean> {
  const opened = await openChecked(path, await Deno.lstat(path));
  opened?.handle.close();
  return opened !== undefined;
}

Deno.test("checked open: a file is opened where it was found and nowhere else", async () => {
  await using dir = await TempDir.make();
  const file = await dir.put("a", "a");
  const other = await dir.put("folder/b", "b");
  await Deno.symlink("folder", `${dir.path}/link`);
  assert.equal(await opens(file), true);
  // Another one by now; a path that goes through a link; no file.
  assert.equal(await openChecked(file, await Deno.lstat(other)), undefined);
  assert.equal(await openChecked(`${dir.path}/link/b`, await Deno.lstat(other)), undefined);
  assert.equal(await openChecked(`${dir.path}/folder`, await Deno.lstat(`${dir.path}/folder`)), undefined);
});

Deno.test({
  name: "checked open: a pipe that came in a file's place is given up, and so many at most are waited for",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using dir = await TempDir.make();
    const file = await dir.put("a", "a");
    const pipe = `${dir.path}/pipe`;
    assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    const info = await Deno.lstat(file);
    const late = await within(
      2_000,
      "giving up",
      Promise.all(Array.from({ length: 16 }, () => openChecked(pipe, info, 20))),
    );
    assert.ok(late.every((opened) => opened === undefined));
    assert.equal(await opens(file), false, "no more threads are risked");
    // A writer lets all of them open.
    (await Deno.open(pipe, { write: true })).close();
    await within(
      5_000,
      "opening again",
      (async () => {
        while (!await opens(file)) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
    );
  },
});
