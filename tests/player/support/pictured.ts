/** Films with picture subtitles inside. */
import { ffmpeg, SECONDS } from "./media.ts";
import { type Frame, type SetSource, sup } from "./sup.ts";

export interface PictureSource {
  /** The first is at 0: what copies them counts from there. */
  readonly sets: readonly SetSource[];
  readonly frame: Frame;
  /** ISO 639-2. */
  readonly language: string;
}

/** A Matroska film of 320 × 180 pixels and {@link SECONDS}, with these tracks. */
export async function makePictured(path: string, tracks: readonly PictureSource[]): Promise<void> {
  const files = tracks.map((_, i) => `${path}.${i}.sup`);
  await Promise.all(tracks.map(({ frame, sets }, i) => Deno.writeFile(files[i]!, sup(frame, sets))));
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=320x180:rate=25:duration=${SECONDS}`];
  const sound = ["-f", "lavfi", "-i", `sine=frequency=440:duration=${SECONDS}`];
  await ffmpeg(
    ...[...picture, ...sound, ...files.flatMap((file) => ["-i", file])],
    ...["-map", "0", "-map", "1", ...files.flatMap((_, i) => ["-map", String(i + 2)])],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac"],
    ...["-c:s", "copy", "-metadata:s:a:0", "language=eng"],
    ...tracks.flatMap(({ language }, i) => [
      ...[`-metadata:s:s:${i}`, `language=${language}`, `-disposition:s:${i}`, "0"],
    ]),
    path,
  );
  await Promise.all(files.map((file) => Deno.remove(file)));
}
