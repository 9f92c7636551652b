/// <reference lib="dom" />
import type { MediaFacts } from "./media_facts.ts";
import { type Abilities, type Encoding, ENCODINGS } from "./plan.ts";
import { canStream } from "./stream.ts";

/** What this browser can do with the sounds of a file. */
export async function abilities(facts: MediaFacts): Promise<Abilities> {
  const decodable = new Set<string>();
  for (const { codecString, channels, sampleRate } of facts.audio) {
    if (codecString === undefined || typeof AudioDecoder === "undefined") continue;
    const config = { codec: codecString, numberOfChannels: channels, sampleRate };
    const { supported } = await AudioDecoder.isConfigSupported(config).catch(() => ({ supported: false }));
    if (supported) decodable.add(codecString);
  }
  return {
    canPlay: canStream,
    canDecodeAudio: (codecString) => decodable.has(codecString),
    encodings: await encodings(),
  };
}

/** Where the browser has no encoders, as on an insecure page, the player's own makes FLAC. */
async function encodings(): Promise<Encoding[]> {
  if (typeof AudioEncoder === "undefined") return ["flac"];
  const CODECS: Record<Encoding, string> = { opus: "opus", aac: "mp4a.40.2", flac: "flac" };
  const found: Encoding[] = [];
  for (const encoding of ENCODINGS) {
    const config = { codec: CODECS[encoding], numberOfChannels: 2, sampleRate: 48_000, bitrate: 192_000 };
    const { supported } = await AudioEncoder.isConfigSupported(config).catch(() => ({ supported: false }));
    if (supported) found.push(encoding);
  }
  return found.length > 0 ? found : ["flac"];
}
