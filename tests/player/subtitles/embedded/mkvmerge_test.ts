/** Films as mkvmerge makes them: lines compressed with zlib, and Cues for each. */
import assert from "node:assert/strict";
import { MatroskaSubtitles } from "../../../../src/player/subtitles/embedded/matroska/matroska_subtitles.ts";
import type { EmbeddedTracks } from "../../../../src/player/subtitles/embedded/track.ts";
import { TempDir } from "../../../support/temp_dir.ts";
import { ignoreBrowser } from "../../support/requirements.ts";
import { makeSubtitled, srt } from "../../support/subtitled.ts";

async function mkvmerge(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("mkvmerge", { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "Matroska subtitles: compressed lines of a film of mkvmerge, as it is read and by its Cues",
  ignore: ignoreBrowser || !await mkvmerge("--version"),
  async fn() {
    await using folder = await TempDir.make();
    const [plain, film, lines] = ["plain.mkv", "film.mkv", "lines.srt"].map((name) =>
      `${folder.path}/${name}`
    );
    await makeSubtitled(plain!, []);
    await Deno.writeTextFile(lines!, srt([1, 2, "one"], [5, 12, "<i>long</i>"], [15, 16, "three"]));
    const track = ["--language", "0:pt-BR", "--track-name", "0:Legendas", "--compression", "0:zlib", lines!];
    assert.ok(await mkvmerge("-o", film!, plain!, ...track));
    const file = await Deno.readFile(film!);
    for (const isWhole of [true, false]) {
      const texts = new Map<string, number>();
      let tracks: EmbeddedTracks | undefined;
      const read = (offset: number, length: number) =>
        Promise.resolve(file.subarray(offset, offset + length));
      const shown = Promise.withResolvers<void>();
      const subtitles = new MatroskaSubtitles(file.length, read, {
        tracks: (found) => tracks = found,
        pictures: () => {},
        cues: (_, cues) => {
          for (const { text, start } of cues) texts.set(text, start);
          if (texts.has("<i>long</i>")) shown.resolve();
        },
      });
      const push = (start: number, end: number) => subtitles.push(start, file.subarray(start, end));
      if (isWhole) push(0, file.length);
      else {
        // As after a seek: the head, what stands at the end, and no more.
        push(0, 20_000);
        push(file.length - 20_000, file.length);
        await subtitles.want(tracks!.tracks[0]!.id, 11);
      }
      await shown.promise;
      assert.deepEqual(tracks!.tracks.map(({ language, name, format }) => [language, name, format]), [
        ["pt-BR", "Legendas", "srt"],
      ]);
      assert.equal(texts.get("<i>long</i>"), 5);
    }
  },
});
