/** Real films of a moving test picture and a tone, made with ffmpeg. */

const SECONDS = 24;

/** Runs it; rejects with what it complains of. */
export async function ffmpeg(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-v", "error", "-y", ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function sources(size: string): string[] {
  return [
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25`],
    ...["-f", "lavfi", "-i", "sine=frequency=440"],
    ...["-t", String(SECONDS)],
  ];
}

/** H.264 and AAC, its index at the end as cameras write it: playing starts with a seek. */
export async function makeMp4(path: string): Promise<void> {
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-b:v", "4M"];
  await ffmpeg(...sources("1280x720"), ...video, "-c:a", "aac", path);
}

/** VP9 and Opus. */
export async function makeWebm(path: string): Promise<void> {
  const video = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-b:v", "1M"];
  await ffmpeg(...sources("320x180"), ...video, "-c:a", "libopus", path);
}

/** A film of each format that the player is to play, by file name: codecs and container options of ffmpeg. */
const FORMATS = {
  "faststart.mp4": ["-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"],
  "late index.mp4": ["-c:v", "libx264", "-c:a", "aac"],
  "camera.mov": ["-c:v", "libx264", "-c:a", "aac"],
  "ac3.mp4": ["-c:v", "libx264", "-c:a", "ac3"],
  "vp9 opus.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
  "vp8 vorbis.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"],
  "aac.mkv": ["-c:v", "libx264", "-c:a", "aac"],
  "ac3.mkv": ["-c:v", "libx264", "-c:a", "ac3"],
  "eac3 six channels.mkv": ["-c:v", "libx264", "-c:a", "eac3", "-ac", "6"],
  "dts.mkv": ["-c:v", "libx264", "-c:a", "dca", "-strict", "-2"],
  "aac.ts": ["-c:v", "libx264", "-c:a", "aac", "-f", "mpegts"],
  "hevc.mkv": ["-c:v", "libx265", "-x265-params", "log-level=error", "-c:a", "aac"],
  "sound.mp3": ["-vn", "-c:a", "libmp3lame"],
  "sound.flac": ["-vn", "-c:a", "flac"],
  "sound.m4a": ["-vn", "-c:a", "aac"],
  "sound.ogg": ["-vn", "-c:a", "libvorbis"],
  "sound.wav": ["-vn"],
} as const;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** One of {@link FORMATS}. */
export async function makeFormat(folder: string, name: FormatName): Promise<void> {
  const codecs = FORMATS[name];
  const video = codecs[0] === "-vn" ? [] : ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"];
  const preset = codecs.some((codec) => codec.startsWith("libx26")) ? video : video.slice(2);
  await ffmpeg(...sources("320x180"), ...preset, ...codecs, `${folder}/${name}`);
}

/** H.264 with two sounds, an English one of 440 Hz and a German one of 1,760 Hz. */
export async function makeTwoSounds(path: string): Promise<void> {
  const second = ["-f", "lavfi", "-i", `sine=frequency=1760:duration=${SECONDS}`];
  const [picture, sound] = [sources("320x180").slice(0, 4), sources("320x180").slice(4, 8)];
  const maps = ["-map", "0", "-map", "1", "-map", "2"];
  const languages = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"];
  const codecs = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "50",
    "-c:a",
    "aac",
  ];
  await ffmpeg(
    ...picture,
    ...sound,
    ...second,
    "-t",
    String(SECONDS),
    ...maps,
    ...codecs,
    ...languages,
    path,
  );
}

/** 320 × 180 pixels. */
export async function makePicture(path: string): Promise<void> {
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x180", "-frames:v", "1", path);
}

/** A minute of noise that no browser buffers whole: about 100 MB, its index in front. */
export async function makeLargeMp4(path: string): Promise<void> {
  const clip = `${path}.clip.mp4`;
  const noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=60:allf=t", "-t", "6"];
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-b:v", "14M"];
  await ffmpeg(...noise, ...video, "-minrate", "14M", "-maxrate", "14M", "-bufsize", "14M", clip);
  await ffmpeg("-stream_loop", "9", "-i", clip, "-c", "copy", "-movflags", "+faststart", path);
  await Deno.remove(clip);
}

/** H.264 and AAC for four minutes, about 120 MB, in the container that the name of each path says. */
export async function makeLong(...paths: string[]): Promise<void> {
  const clip = `${paths[0]}.clip.mp4`;
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=60:allf=t"];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440"];
  const rate = ["-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "4M"];
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", ...rate];
  await ffmpeg(...picture, ...sound, "-t", "6", ...video, "-c:a", "aac", clip);
  for (const path of paths) await ffmpeg("-stream_loop", "39", "-i", clip, "-c", "copy", path);
  await Deno.remove(clip);
}

/** What the films last, in seconds. */
export { SECONDS };
