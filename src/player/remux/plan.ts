import type { AudioFacts, MediaFacts, VideoFacts } from "./media_facts.ts";

/** Codecs that sound is made into, the one with the best sound for its size first. */
export const ENCODINGS = ["opus", "aac", "flac"] as const;
export type Encoding = typeof ENCODINGS[number];

const ENCODED: Record<Encoding, string> = { opus: "opus", aac: "mp4a.40.2", flac: "flac" };

/** Codecs whose decoders come with the player. */
const DECODABLE = new Set(["ac3", "eac3", "dts"]);

/** What the browser at hand can do. */
export interface Abilities {
  /** `MediaSource.isTypeSupported`. */
  canPlay(mimeType: string): boolean;
  /** Codecs that sound can be made into here. */
  readonly encodings: readonly Encoding[];
  /** Whether the browser's own decoder knows a codec string. */
  canDecodeAudio(codecString: string): boolean;
}

export interface AudioPlan {
  readonly id: number;
  /** Undefined where the packets stay as they are. */
  readonly encoding: Encoding | undefined;
}

/** How a file becomes what Media Source Extensions take. */
export interface RemuxPlan {
  readonly container: "mp4" | "webm";
  /** For `addSourceBuffer`. */
  readonly mimeType: string;
  /** Id of the track, whose packets stay as they are. */
  readonly video: number | undefined;
  readonly audio: AudioPlan | undefined;
}

/** Why a file cannot be played. */
export class Unplayable extends Error {
  override readonly name = "Unplayable";
}

/**
 * Finds a way to play a file: its picture as it is, its sound as it is or else made into another codec.
 *
 * @param audioId the sound that is wanted; the first one where it is left out
 * @throws {Unplayable} with a sentence that names codec and container
 */
export function plan(facts: MediaFacts, abilities: Abilities, audioId?: number): RemuxPlan {
  const { video, audio } = facts;
  const wanted = audio.find(({ id }) => id === audioId) ?? audio[0];
  if (video === undefined && wanted === undefined) {
    throw new Unplayable(`There is neither picture nor sound in this ${facts.container} file.`);
  }
  for (const container of ["mp4", "webm"] as const) {
    if (video !== undefined && !playable(container, video, abilities)) continue;
    for (const encoding of [undefined, ...abilities.encodings]) {
      if (wanted === undefined && encoding !== undefined) break;
      if (encoding !== undefined && !canDecode(wanted!, abilities)) break;
      const sound = encoding === undefined ? wanted?.codecString : ENCODED[encoding];
      if (wanted !== undefined && sound === undefined) continue;
      const mimeType = type(container, video?.codecString, sound);
      if (!abilities.canPlay(mimeType)) continue;
      return {
        container,
        mimeType,
        video: video?.id,
        audio: wanted === undefined ? undefined : { id: wanted.id, encoding },
      };
    }
  }
  throw new Unplayable(sentence(facts, video, wanted, abilities));
}

function playable(container: "mp4" | "webm", video: VideoFacts, abilities: Abilities): boolean {
  return video.codecString !== undefined && abilities.canPlay(type(container, video.codecString, undefined));
}

function canDecode({ codec, codecString }: AudioFacts, abilities: Abilities): boolean {
  return DECODABLE.has(codec) || codec.startsWith("pcm-") ||
    (codecString !== undefined && abilities.canDecodeAudio(codecString));
}

function type(container: "mp4" | "webm", video: string | undefined, audio: string | undefined): string {
  const codecs = [video, audio].filter((codec) => codec !== undefined).join(",");
  return `${video === undefined ? "audio" : "video"}/${container}; codecs="${codecs}"`;
}

function sentence(
  { container }: MediaFacts,
  video: VideoFacts | undefined,
  audio: AudioFacts | undefined,
  abilities: Abilities,
): string {
  const canShow = video === undefined || playable("mp4", video, abilities) ||
    playable("webm", video, abilities);
  const what = canShow ? `sound (${audio?.codec})` : `picture (${video?.codec})`;
  return `This browser has no decoder for the ${what} of this ${container} file.`;
}
