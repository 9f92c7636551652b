/** Films with subtitles inside, made with ffmpeg. */
import { ffmpeg, SECONDS } from "./media.ts";

/** One subtitle track: what is in it, how the film is to hold it, and what it says of itself. */
export interface TrackSource {
  /** SubRip, or a whole Advanced SubStation Alpha script. */
  readonly text: string;
  /** Encoder of ffmpeg: `srt`, `ass`, `webvtt`, `mov_text`. */
  readonly codec: string;
  /** ISO 639-2. */
  readonly language?: string;
  readonly title?: string;
  readonly disposition?: string;
}

/** Lines of a SubRip file. */
export function srt(...lines: (readonly [start: number, end: number, text: string])[]): string {
  const time = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(11, 23).replace(".", ",");
  return lines.map(([start, end, text], i) => `${i + 1}\n${time(start)} --> ${time(end)}\n${text}\n`).join(
    "\n",
  );
}

const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac"];
const VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];

/** A film of {@link SECONDS} with English sound, of the format that its name says. */
export async function makeSubtitled(path: string, tracks: readonly TrackSource[]): Promise<void> {
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=320x180:rate=25:duration=${SECONDS}`];
  const sound = ["-f", "lavfi", "-i", `sine=frequency=440:duration=${SECONDS}`];
  await withTracks(path, tracks, [...picture, ...sound], [
    ...["-map", "0", "-map", "1", "-metadata:s:a:0", "language=eng"],
    ...path.endsWith(".webm") ? VP8 : H264,
  ]);
}

/** A minute of noise, of which a player reads a part only: some 50 MB. */
export async function makeLargeSubtitled(path: string, tracks: readonly TrackSource[]): Promise<void> {
  const clip = `${path}.clip.mp4`;
  const noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=60:allf=t", "-t", "6"];
  const rate = ["-b:v", "7M", "-minrate", "7M", "-maxrate", "7M", "-bufsize", "7M"];
  await ffmpeg(...noise, ...H264.slice(0, 8), ...rate, clip);
  await withTracks(path, tracks, ["-stream_loop", "9", "-i", clip], ["-map", "0", "-c:v", "copy"]);
  await Deno.remove(clip);
}

async function withTracks(
  path: string,
  tracks: readonly TrackSource[],
  inputs: readonly string[],
  options: readonly string[],
): Promise<void> {
  const files = tracks.map(({ text }, i) => `${path}.${i}.${text.startsWith("[") ? "ass" : "srt"}`);
  const first = inputs.filter((word) => word === "-i").length;
  await Promise.all(tracks.map(({ text }, i) => Deno.writeTextFile(files[i]!, text)));
  await ffmpeg(
    ...inputs,
    ...files.flatMap((file) => ["-i", file]),
    ...files.flatMap((_, i) => ["-map", String(first + i)]),
    ...options,
    ...tracks.flatMap(({ codec, language = "und", title = "", disposition = "0" }, i) => [
      ...[`-c:s:${i}`, codec, `-metadata:s:s:${i}`, `language=${language}`],
      ...[`-metadata:s:s:${i}`, `title=${title}`, `-disposition:s:${i}`, disposition],
    ]),
    path,
  );
  await Promise.all(files.map((file) => Deno.remove(file)));
}
