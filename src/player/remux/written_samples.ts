import type { Output } from "mediabunny";

/** The part of mediabunny's muxer for MP4 that grows with the film, as of 1.61; not among its public types. */
interface Muxer {
  readonly finalizedChunks?: unknown[];
  readonly trackDatas?: readonly { readonly finalizedChunks?: unknown[] }[];
}

/**
 * Lets go of what the muxer of `output` remembers of samples that it has written.
 *
 * It keeps an object for each until the end, to write an index of a file that nobody reads here: some 10 kB for
 * each second of a film.
 *
 * @returns of how many fragments something was remembered
 */
export function forgetWrittenSamples(output: Output): number {
  const { finalizedChunks, trackDatas = [] } = (output as unknown as { _muxer: Muxer })._muxer;
  for (const track of trackDatas) track.finalizedChunks?.splice(0);
  return finalizedChunks?.splice(0).length ?? 0;
}
