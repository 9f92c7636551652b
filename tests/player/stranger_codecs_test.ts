/** Containers that nothing takes apart here are named with what is in them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { sniff } from "../../src/player/media/sniff.ts";
import { STRANGER_HEAD, strangerCodecs, STRANGERS } from "../../src/player/media/stranger_codecs.ts";
import { TempDir } from "../support/temp_dir.ts";
import { ffmpeg } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const FILES = [
  ["xvid.avi", "avi", ["-c:v", "mpeg4", "-vtag", "XVID", "-c:a", "libmp3lame"], ["MPEG-4 Visual", "MP3"]],
  ["h264.avi", "avi", ["-c:v", "libx264", "-c:a", "ac3"], ["H.264", "AC-3"]],
  ["film.wmv", "asf", ["-c:v", "wmv2", "-c:a", "wmav2"], ["Windows Media Video 8", "Windows Media Audio"]],
  ["film.flv", "flv", ["-c:v", "flv", "-c:a", "libmp3lame", "-ar", "44100"], ["Sorenson H.263", "MP3"]],
  ["film.mpg", "mpeg-ps", ["-f", "vob", "-c:v", "mpeg2video", "-c:a", "mp2"], ["MPEG-2 Video", "MPEG audio"]],
] as const;

async function head(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return (await Deno.readFile(path)).subarray(0, STRANGER_HEAD);
}

Deno.test({
  name: "stranger codecs: picture and sound of old containers are told from their heads",
  ignore: ignoreBrowser,
  async fn(test) {
    await using directory = await TempDir.make();
    for (const [name, format, codecs, expected] of FILES) {
      await test.step(name, async () => {
        const path = `${directory.path}/${name}`;
        const sources = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25", "-f", "lavfi", "-i", "sine"];
        await ffmpeg(...sources, "-t", "1", ...codecs, path);
        const bytes = await head(path);
        assert.equal(sniff(bytes.subarray(0, 4_096)), format);
        assert.deepEqual(strangerCodecs(format, bytes).toSorted(), [...expected].toSorted());
        // What is cut off anywhere is no reason to fail.
        for (let end = 0; end < Math.min(bytes.length, 2_000); end += 7) {
          strangerCodecs(format, bytes.subarray(0, end));
        }
      });
    }
  },
});

Deno.test("stranger codecs: whatever a head holds, the answer is short and of plain letters", () => {
  const formats = Object.keys(STRANGERS) as (keyof typeof STRANGERS)[];
  fc.assert(
    fc.property(fc.constantFrom(...formats), fc.uint8Array({ maxLength: 4_000 }), (format, bytes) => {
      const codecs = strangerCodecs(format, new Uint8Array(bytes));
      assert.ok(codecs.length <= 8);
      for (const codec of codecs) assert.match(codec, /^[ -~]{1,40}$/);
    }),
    { seed: 7, numRuns: 500 },
  );
});
