/** Takes a film apart from beginning to end, and says what it holds after each 300 pieces, in bytes, as JSON. */
import { ALL_FORMATS, CustomSource, Input } from "mediabunny";
import { fragments } from "../../../src/player/remux/fragments.ts";
import { SpareBuffers } from "../../../src/player/remux/spare_buffers.ts";

const PIECES = 300;

const path = Deno.args[0]!;
using file = await Deno.open(path);
const { size } = await file.stat();
const source = new CustomSource({
  getSize: () => size,
  async read(start, end) {
    const bytes = new Uint8Array(end - start);
    await file.seek(start, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.byteLength;) at += await file.read(bytes.subarray(at)) ?? Infinity;
    return bytes;
  },
});
const input = new Input({ source, formats: ALL_FORMATS });
const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
const plan = {
  container: "mp4",
  mimeType: "",
  video: video?.id,
  audio: audio ? { id: audio.id, encoding: undefined } : undefined,
} as const;
const held: number[] = [];
let pieces = 0;
const spare = new SpareBuffers();
for await (const { bytes } of fragments(input, plan, 0, 0, spare)) {
  spare.give(bytes.buffer);
  if (++pieces % PIECES > 0) continue;
  (globalThis as unknown as { gc(): void }).gc();
  held.push(Deno.memoryUsage().heapUsed);
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(held)));
