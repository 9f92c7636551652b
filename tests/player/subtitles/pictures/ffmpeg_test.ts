/** Picture subtitles look as ffmpeg decodes them. */
import assert from "node:assert/strict";
import { TempDir } from "../../../support/temp_dir.ts";
import { pictureOf } from "../../../../src/player/subtitles/pictures/epoch.ts";
import { parseSup } from "../../../../src/player/subtitles/pictures/sup_parser.ts";
import { ffmpeg } from "../../support/media.ts";
import { ignoreFfmpeg } from "../../support/requirements.ts";
import { type Frame, type SetSource, sup } from "../../support/sup.ts";

const SETS: SetSource[] = [
  { at: 0 },
  {
    at: 1,
    rectangles: [
      { x: 101, y: 203, width: 300, height: 17 },
      { x: 33, y: 350, width: 64, height: 63, colour: 2 },
    ],
  },
];

for (const frame of [{ width: 1_280, height: 720 }, { width: 720, height: 480 }] as Frame[]) {
  Deno.test({
    name: `picture subtitles: they look as ffmpeg decodes them, ${frame.height} lines`,
    ignore: ignoreFfmpeg,
    async fn() {
      await using share = await TempDir.make();
      const file = sup(frame, SETS);
      await share.put("film.sup", file);
      const [input, output] = [`${share.path}/film.sup`, `${share.path}/frame.raw`];
      const { width, height } = frame;
      await ffmpeg(
        ...[
          "-f",
          "lavfi",
          "-i",
          `color=black:size=${width}x${height}:rate=1:duration=3`,
          "-copyts",
          "-i",
          input,
        ],
        ...["-filter_complex", "[0:v][1:s]overlay=format=gbrp,format=rgba,trim=start=2"],
        ...["-frames:v", "1", "-f", "rawvideo", output],
      );
      const theirs = await Deno.readFile(output);
      assert.equal(theirs.length, width * height * 4);
      const ours = new Uint8Array(width * height * 4).fill(0);
      for (const image of pictureOf(parseSup(file).sets)!.images) {
        for (let line = 0; line < image.height; line++) {
          const from = line * image.width * 4;
          const at = ((image.y + line) * width + image.x) * 4;
          ours.set(image.pixels.subarray(from, from + image.width * 4), at);
        }
      }
      let far = 0;
      let seen = 0;
      for (let at = 0; at < ours.length; at += 4) {
        seen += theirs[at]! > 128 ? 1 : 0;
        for (const i of [0, 1, 2]) far = Math.max(far, Math.abs(ours[at + i]! - theirs[at + i]!));
      }
      assert.equal(seen, 300 * 17 + 64 * 63);
      assert.ok(far <= 4, `a colour is ${far} away`);
    },
  });
}
