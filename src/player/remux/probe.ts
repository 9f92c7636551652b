/// <reference lib="dom" />
import type { Input, InputAudioTrack, InputVideoTrack } from "mediabunny";
import type { AudioFacts, MediaFacts, VideoFacts } from "./media_facts.ts";

/**
 * Looks at the head of a file, and at its index where it has one.
 *
 * @throws {Error} of mediabunny where it knows no such container
 */
export async function probe(input: Input): Promise<MediaFacts> {
  const [format, video, audio] = await Promise.all([
    input.getFormat(),
    input.getPrimaryVideoTrack(),
    input.getAudioTracks(),
  ]);
  const first = await input.getPrimaryAudioTrack();
  const ordered = first === null ? audio : [first, ...audio.filter((track) => track.id !== first.id)];
  const start = await input.getFirstTimestamp();
  const end = await input.getDurationFromMetadata() ?? await input.computeDuration();
  return {
    container: format.name,
    mimeType: await input.getMimeType(),
    start,
    duration: end - start,
    video: video === null ? undefined : await videoFacts(video),
    audio: await Promise.all(ordered.map(audioFacts)),
  };
}

async function videoFacts(track: InputVideoTrack): Promise<VideoFacts> {
  return {
    ...await trackFacts(track),
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
  };
}

async function audioFacts(track: InputAudioTrack): Promise<AudioFacts> {
  return {
    ...await trackFacts(track),
    channels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
    language: await track.getLanguageCode(),
    name: await track.getName() ?? undefined,
  };
}

async function trackFacts(track: InputVideoTrack | InputAudioTrack) {
  return {
    id: track.id,
    codec: await track.getCodec() ?? String(await track.getInternalCodecId() ?? "unknown"),
    codecString: await track.getCodecParameterString() ?? undefined,
  };
}
