import { boxAt, mp4Guard, viewOf } from "./box.ts";

/** Where a sample lies and when it is shown. */
export interface Sample {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly size: number;
  /** Of the track's media, in units of its timescale. */
  readonly start: number;
  readonly end: number;
}

/** Of one track, at most: a film has some 4,000, as the pauses are samples, too. */
const MAX_SAMPLES = 100_000;

/**
 * The samples that the content of a SampleTableBox tells of (ISO/IEC 14496-12, sections 8.6 and 8.7).
 *
 * @throws {MalformedFile}
 */
export function parseSamples(stbl: Uint8Array): Sample[] {
  return mp4Guard(() => {
    const sizes = parseSizes(boxAt(stbl, "stsz"));
    const times = parseTimes(boxAt(stbl, "stts"), sizes.length);
    const offsets = parseOffsets(stbl, sizes);
    const count = Math.min(times.length, offsets.length);
    return Array.from({ length: count }, (_, i) => ({
      offset: offsets[i]!,
      size: sizes[i]!,
      start: times[i]![0],
      end: times[i]![1],
    }));
  });
}

function parseSizes(stsz: Uint8Array | undefined): number[] {
  if (stsz === undefined) return [];
  const view = viewOf(stsz);
  const uniform = view.getUint32(4);
  const count = Math.min(view.getUint32(8), MAX_SAMPLES);
  return Array.from({ length: count }, (_, i) => uniform || view.getUint32(12 + i * 4));
}

function parseTimes(stts: Uint8Array | undefined, samples: number): [start: number, end: number][] {
  const times: [number, number][] = [];
  if (stts === undefined) return times;
  const view = viewOf(stts);
  let time = 0;
  for (let entry = 0; entry < view.getUint32(4) && times.length < samples; entry++) {
    const [count, delta] = [view.getUint32(8 + entry * 8), view.getUint32(12 + entry * 8)];
    for (let i = 0; i < count && times.length < samples; i++) times.push([time, time += delta]);
  }
  return times;
}

function parseOffsets(stbl: Uint8Array, sizes: readonly number[]): number[] {
  const offsets: number[] = [];
  const long = boxAt(stbl, "co64");
  const chunks = long ?? boxAt(stbl, "stco");
  const stsc = boxAt(stbl, "stsc");
  if (chunks === undefined || stsc === undefined) return offsets;
  const [chunkView, runView] = [viewOf(chunks), viewOf(stsc)];
  const runs = runView.getUint32(4);
  let run = 0;
  for (let chunk = 0; chunk < chunkView.getUint32(4) && offsets.length < sizes.length; chunk++) {
    // A run holds from its first chunk, counted from 1, to that of the next.
    while (run + 1 < runs && runView.getUint32(8 + (run + 1) * 12) <= chunk + 1) run++;
    const perChunk = runView.getUint32(12 + run * 12);
    let at = long === undefined
      ? chunkView.getUint32(8 + chunk * 4)
      : Number(chunkView.getBigUint64(8 + chunk * 8));
    for (let i = 0; i < perChunk && offsets.length < sizes.length; i++) {
      const size = sizes[offsets.length]!;
      offsets.push(at);
      at += size;
    }
  }
  return offsets;
}
