/** Real films of a moving test picture and a tone, made with ffmpeg. */

const SECONDS = 24;

async function ffmpeg(...args: string[]): Promise<void> {
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

/** A minute of noise that no browser buffers whole: about 100 MB, its index in front. */
export async function makeLargeMp4(path: string): Promise<void> {
  const clip = `${path}.clip.mp4`;
  const noise = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=60:allf=t", "-t", "6"];
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-b:v", "14M"];
  await ffmpeg(...noise, ...video, "-minrate", "14M", "-maxrate", "14M", "-bufsize", "14M", clip);
  await ffmpeg("-stream_loop", "9", "-i", clip, "-c", "copy", "-movflags", "+faststart", path);
  await Deno.remove(clip);
}

/** What the films last, in seconds. */
export { SECONDS };
