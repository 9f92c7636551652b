import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { ffmpeg } from "./support/media.ts";
import { ignoreBrowser as ignore } from "./support/requirements.ts";

/** 40 minutes of a small film. */
async function makeLong(folder: string): Promise<string> {
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=25"];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  const codecs = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "25",
    "-c:a",
    "aac",
  ];
  await ffmpeg(...picture, ...sound, "-t", "60", ...codecs, `${folder}/minute.mkv`);
  await ffmpeg("-stream_loop", "39", "-i", `${folder}/minute.mkv`, "-c", "copy", `${folder}/long.mkv`);
  return `${folder}/long.mkv`;
}

Deno.test({ name: "a film of any length is taken apart in the same memory", ignore }, async () => {
  await using folder = await TempDir.make();
  const host = new URL("support/remux_heap.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", host, await makeLong(folder.path)],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const held = JSON.parse(new TextDecoder().decode(stdout)) as number[];
  assert.ok(held.length >= 7, `${held.length} readings`);
  const grown = held.at(-1)! - held[0]!;
  // Objects of all samples would be some 20 MB.
  assert.ok(grown < 4_000_000, `${grown} bytes more at the end: ${held.join(", ")}`);
});
