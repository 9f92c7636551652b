/// <reference lib="webworker" />
/**
 * Takes a file of any container apart and puts it together again as a browser's Media Source Extensions take
 * it, piece by piece, as the page asks for them.
 */
import { ALL_FORMATS, Input } from "mediabunny";
import { allowBlobWorkers } from "../script_url.ts";
import { addCoders } from "./coders.ts";
import { fileBytes, FileSource } from "./file_source.ts";
import { fragments } from "./fragments.ts";
import type { PageOrder, WorkerReport } from "./messages.ts";
import { probe } from "./probe.ts";
import type { RemuxPlan } from "./plan.ts";
import { SpareBuffers } from "./spare_buffers.ts";
import { SubtitleTap } from "./subtitle_tap.ts";

declare const self: DedicatedWorkerGlobalScope;

// Decoders that are WebAssembly run in workers of their own.
allowBlobWorkers();

let input: Input;
let file: FileSource;
let subtitles: SubtitleTap;
let start = 0;
const spare = new SpareBuffers();
/** The run whose pieces the page wants; others end at their next one. */
let current = -1;
let room: () => void = () => {};

self.addEventListener("message", ({ data }: MessageEvent<PageOrder>) => {
  switch (data.type) {
    case "open":
      return void guarded(open(data.path, data.size));
    case "start":
      // What was read to look at the file is where the first run begins.
      if (current !== -1) file.abandon();
      current = data.run;
      room();
      return void guarded(run(data.run, data.time, data.plan), () => data.run === current);
    case "spent":
      return spare.give(data.buffer);
    case "next":
      if (data.run === current) room();
      return;
    case "want-cues":
      subtitles.want(data.track, data.time);
  }
});

async function open(path: string, size: number): Promise<void> {
  const bytes = fileBytes(path, (request, port) => self.postMessage(request, [port]));
  const read = async (offset: number, length: number) =>
    new Uint8Array(await new Response(await bytes(offset, Math.min(size, offset + length))).arrayBuffer());
  subtitles = new SubtitleTap(size, read, {
    tracks: (found) => report({ type: "subtitles", found }),
    cues: (track, cues) => report({ type: "cues", track, cues }),
    pictures: (track, window) => report({ type: "pictures", track, window }),
  });
  file = new FileSource(size, bytes, (offset, piece) => subtitles.push(offset, piece));
  input = new Input({ source: file.source, formats: ALL_FORMATS });
  const facts = await probe(input);
  start = facts.start;
  subtitles.begin(start);
  report({ type: "facts", facts });
}

async function run(number: number, time: number, plan: RemuxPlan): Promise<void> {
  await addCoders(input, plan);
  for await (const { type, bytes } of fragments(input, plan, time, start, spare)) {
    if (number !== current) return;
    // Asked for before the piece is told of: the answer may come at once.
    const asked = new Promise<void>((resolve) => room = resolve);
    report({ type, run: number, bytes }, [bytes.buffer]);
    await asked;
    if (number !== current) return;
  }
  report({ type: "end", run: number });
}

/** @param matters whether its failure still concerns anybody */
async function guarded(work: Promise<void>, matters = () => true): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!matters()) return;
    report({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}

function report(message: WorkerReport, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
