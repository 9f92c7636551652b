import assert from "node:assert/strict";
import { lookAtFolder } from "../../src/doctor/box/folder.ts";
import { TempDir } from "../support/temp_dir.ts";

Deno.test("doctor, folder: counts videos at any level, not what is hidden, linked or no video", async () => {
  await using dir = await TempDir.make();
  for (const name of ["a.mkv", "b/c.MP4", "b/d/e.webm", ".hidden.mkv", ".f/g.mkv", "h.txt", "mkv"]) {
    await dir.put(name, "x");
  }
  await Deno.symlink(`${dir.path}/a.mkv`, `${dir.path}/link.mkv`);
  assert.deepEqual(await lookAtFolder(dir.path), { state: "good", text: "can be read, 3 videos" });
  assert.equal((await lookAtFolder(`${dir.path}/b/d`)).text, "can be read, 1 video");
});

Deno.test("doctor, folder: one that is not there, and a file, are told apart", async () => {
  await using dir = await TempDir.make();
  const file = await dir.put("a.mkv", "x");
  assert.equal((await lookAtFolder(`${dir.path}/b`)).text, "does not exist");
  assert.equal((await lookAtFolder(file)).text, "is not a folder");
});

Deno.test("doctor, folder: the look ends when its time is over, and says so", async () => {
  await using dir = await TempDir.make();
  for (let i = 0; i < 20; i++) await dir.put(`${i}.mkv`, "x");
  let now = 0;
  // 500 ms an entry: the look began at 500 and ends before 3,500.
  const { state, text } = await lookAtFolder(dir.path, () => now += 500);
  assert.deepEqual([state, text], ["good", "can be read, 6 videos at a quick look, there may be more"]);
});

Deno.test("doctor, folder: the look goes eight levels deep", async () => {
  await using dir = await TempDir.make();
  await dir.put("1/2/3/4/5/6/7/at eight.mkv", "x");
  assert.equal((await lookAtFolder(dir.path)).text, "can be read, 1 video");
  await dir.put("1/2/3/4/5/6/7/8/at nine.mkv", "x");
  assert.equal(
    (await lookAtFolder(dir.path)).text,
    "can be read, 1 video at a quick look, there may be more",
  );
});
