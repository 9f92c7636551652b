/// <reference lib="dom" />
import {
  AudioSampleSink,
  AudioSampleSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputVideoTrack,
} from "mediabunny";
import type { Encoding } from "./plan.ts";

/** Two channels: what headphones and television sets have, and what every encoder takes. */
const CHANNELS = 2;
/** Bits a second. */
const BITRATE = 192_000;

type PacketSource = EncodedVideoPacketSource | EncodedAudioPacketSource;

/** One track on its way from the file into what is made of it. */
export interface Feed {
  readonly source: PacketSource | AudioSampleSource;
  /** When it begins, in seconds of the file. */
  readonly begin: number;
  /** Of what comes next, in seconds of the file; Infinity at the end. */
  readonly time: number;
  /** Hands one packet or sample on; false at the end. */
  advance(): Promise<boolean>;
  /** Nothing more is wanted. */
  end(): Promise<void>;
}

/** The picture from the last key frame at or before `from`; its times are `start` less than the file's. */
export async function videoFeed(track: InputVideoTrack, from: number, start: number): Promise<Feed> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (codec === null || config === null) throw new Error("the codec of the picture is not known");
  const sink = new EncodedPacketSink(track);
  const options = { verifyKeyPackets: true };
  const first = await sink.getKeyPacket(from, options) ?? await sink.getFirstKeyPacket(options);
  const source = new EncodedVideoPacketSource(codec);
  return packetFeed(first, sink, source, { decoderConfig: config }, start);
}

/** The sound from `from` on, as it is or made into another codec. */
export async function audioFeed(
  track: InputAudioTrack,
  encoding: Encoding | undefined,
  from: number,
  start: number,
): Promise<Feed> {
  if (encoding !== undefined) return await encodedFeed(track, encoding, from, start);
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (codec === null || config === null) throw new Error("the codec of the sound is not known");
  const sink = new EncodedPacketSink(track);
  const source = new EncodedAudioPacketSource(codec);
  const first = await sink.getPacket(from) ?? await sink.getFirstPacket();
  return packetFeed(first, sink, source, { decoderConfig: config }, start);
}

/** @param meta goes with the first packet */
async function packetFeed<Meta extends EncodedVideoChunkMetadata | EncodedAudioChunkMetadata>(
  first: EncodedPacket | null,
  sink: EncodedPacketSink,
  source: PacketSource & { add(packet: EncodedPacket, meta?: Meta): Promise<void> },
  meta: Meta,
  start: number,
): Promise<Feed> {
  let unsent: Meta | undefined = meta;
  const packets = first === null ? undefined : sink.packets(first);
  let next = await packets?.next();
  return {
    source,
    begin: first?.timestamp ?? Infinity,
    get time() {
      return next === undefined || next.done ? Infinity : next.value.timestamp;
    },
    async advance() {
      if (next === undefined || next.done) {
        source.close();
        return false;
      }
      const { value } = next;
      await source.add(value.clone({ timestamp: value.timestamp - start }), unsent);
      unsent = undefined;
      next = await packets!.next();
      return true;
    },
    async end() {
      await packets?.return();
    },
  };
}

async function encodedFeed(
  track: InputAudioTrack,
  encoding: Encoding,
  from: number,
  start: number,
): Promise<Feed> {
  const samples = new AudioSampleSink(track).samples(from);
  const source = new AudioSampleSource({
    codec: encoding,
    bitrate: BITRATE,
    transform: {
      numberOfChannels: CHANNELS,
      sampleRate: 48_000,
      // Browsers take FLAC in MP4 with 16 bits a sample alone.
      ...(encoding === "flac" ? { sampleFormat: "s16" } : {}),
    },
  });
  let next = await samples.next();
  return {
    source,
    begin: next.done ? Infinity : next.value.timestamp,
    get time() {
      return next.done ? Infinity : next.value.timestamp;
    },
    async advance() {
      if (next.done) {
        source.close();
        return false;
      }
      using sample = next.value;
      sample.setTimestamp(sample.timestamp - start);
      await source.add(sample);
      next = await samples.next();
      return true;
    },
    async end() {
      if (!next.done) next.value.close();
      await samples.return();
    },
  };
}
