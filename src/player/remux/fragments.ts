/// <reference lib="dom" />
import {
  type EncodedAudioPacketSource,
  type EncodedVideoPacketSource,
  type Input,
  Mp4OutputFormat,
  NullTarget,
  Output,
  type OutputFormat,
  WebMOutputFormat,
} from "mediabunny";
import { audioFeed, type Feed, videoFeed } from "./feeds.ts";
import type { RemuxPlan } from "./plan.ts";
import { release } from "./release.ts";
import type { SpareBuffers } from "./spare_buffers.ts";
import { forgetWrittenSamples } from "./written_samples.ts";

/** Of a fragment, at least, in seconds. */
const FRAGMENT_SECONDS = 0.5;

/** Bytes for a SourceBuffer. */
export interface Piece {
  readonly type: "init" | "fragment";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Makes fragments for Media Source Extensions from the last place before `time` where the picture can begin.
 *
 * @param time seconds since the beginning of what is shown
 * @param start when the file begins, in seconds
 * @param spare where the pieces' memory comes from
 */
export async function* fragments(
  input: Input,
  plan: RemuxPlan,
  time: number,
  start: number,
  spare: SpareBuffers,
): AsyncGenerator<Piece, void> {
  const ready: Piece[] = [];
  const output = new Output({
    format: format(plan.container, spare, (piece) => ready.push(piece)),
    target: new NullTarget(),
  });
  const feeds: Feed[] = [];
  let from = time + start;
  try {
    const tracks = await input.getTracks();
    const video = tracks.find(({ id }) => id === plan.video);
    if (video?.isVideoTrack()) {
      const feed = await videoFeed(video, from, start);
      from = Math.min(from, feed.begin);
      output.addVideoTrack(feed.source as EncodedVideoPacketSource);
      feeds.push(feed);
    }
    const audio = tracks.find(({ id }) => id === plan.audio?.id);
    if (audio?.isAudioTrack()) {
      const feed = await audioFeed(audio, plan.audio!.encoding, from, start);
      output.addAudioTrack(feed.source as EncodedAudioPacketSource);
      feeds.push(feed);
    }
    await output.start();
    while (feeds.length > 0) {
      const next = feeds.reduce((a, b) => a.time <= b.time ? a : b);
      if (!await next.advance()) feeds.splice(feeds.indexOf(next), 1);
      if (ready.length === 0) continue;
      forgetWrittenSamples(output);
      yield* ready.splice(0);
    }
    await output.finalize();
    yield* ready.splice(0);
  } finally {
    await Promise.all(feeds.map((feed) => feed.end()));
    if (output.state !== "finalized") await output.cancel();
  }
}

function format(
  container: "mp4" | "webm",
  spare: SpareBuffers,
  emit: (piece: Piece) => void,
): OutputFormat {
  // The head of a file and that of a fragment come by themselves; SourceBuffers take them with what follows.
  let head: Uint8Array | undefined;
  const keep = (data: Uint8Array) => {
    head = data.slice();
  };
  const after = (type: Piece["type"]) => (data: Uint8Array) => {
    const start = head?.byteLength ?? 0;
    const bytes = spare.take(start + data.byteLength);
    if (head !== undefined) bytes.set(head);
    bytes.set(data, start);
    emit({ type, bytes });
    // mediabunny writes each box into a buffer of its own, and has no use for it after this.
    release(data);
    head = undefined;
  };
  return container === "mp4"
    ? new Mp4OutputFormat({
      fastStart: "fragmented",
      minimumFragmentDuration: FRAGMENT_SECONDS,
      onFtyp: keep,
      onMoov: after("init"),
      onMoof: keep,
      onMdat: after("fragment"),
    })
    : new WebMOutputFormat({
      appendOnly: true,
      minimumClusterDuration: FRAGMENT_SECONDS,
      onEbmlHeader: keep,
      onSegmentHeader: after("init"),
      onCluster: after("fragment"),
    });
}
