import assert from "node:assert/strict";
import type { AudioFacts, MediaFacts, VideoFacts } from "../../src/player/remux/media_facts.ts";
import { type Abilities, type Encoding, plan, Unplayable } from "../../src/player/remux/plan.ts";

const AVC: VideoFacts = { id: 1, codec: "avc", codecString: "avc1.640028", width: 1920, height: 1080 };
const HEVC: VideoFacts = { ...AVC, codec: "hevc", codecString: "hvc1.1.6.L120.90" };
const VP8: VideoFacts = { ...AVC, codec: "vp8", codecString: "vp8" };

function sound(id: number, codec: string, codecString: string | undefined): AudioFacts {
  return { id, codec, codecString, channels: 2, sampleRate: 48_000, language: "und", name: undefined };
}

const AAC = sound(2, "aac", "mp4a.40.2");
const AC3 = sound(3, "ac3", "ac-3");

function film(video: VideoFacts | undefined, ...audio: AudioFacts[]): MediaFacts {
  return { container: "Matroska", mimeType: "video/x-matroska", start: 0, duration: 60, video, audio };
}

/** A browser that takes types all of whose codecs are in the list, each in its container. */
function browser(
  codecs: readonly string[],
  encodings: readonly Encoding[],
  decodes: string[] = [],
): Abilities {
  return {
    canPlay: (type) => {
      const [container, list] = type.match(/^(.*); codecs="(.*)"$/)!.slice(1);
      return list!.split(",").every((codec) => codecs.includes(`${container!.split("/")[1]} ${codec}`));
    },
    canDecodeAudio: (codec) => decodes.includes(codec),
    encodings,
  };
}

const COMMON = ["mp4 avc1.640028", "mp4 mp4a.40.2", "mp4 opus", "mp4 flac", "webm vp8", "webm opus"];

Deno.test("plan: what the browser takes stays as it is", () => {
  assert.deepEqual(plan(film(AVC, AAC, AC3), browser(COMMON, ["opus"])), {
    container: "mp4",
    mimeType: 'video/mp4; codecs="avc1.640028,mp4a.40.2"',
    video: 1,
    audio: { id: 2, encoding: undefined },
  });
  assert.equal(plan(film(undefined, AAC), browser(COMMON, [])).mimeType, 'audio/mp4; codecs="mp4a.40.2"');
  assert.equal(plan(film(AVC), browser(COMMON, [])).audio, undefined);
});

Deno.test("plan: a sound that it lacks is made into the first codec that fits", () => {
  const { mimeType, audio } = plan(film(AVC, AAC, AC3), browser(COMMON, ["opus", "flac"]), 3);
  assert.equal(mimeType, 'video/mp4; codecs="avc1.640028,opus"');
  assert.deepEqual(audio, { id: 3, encoding: "opus" });
  assert.equal(plan(film(AVC, AC3), browser(COMMON, ["flac"])).audio?.encoding, "flac");
  const vorbis = sound(4, "vorbis", "vorbis");
  assert.equal(plan(film(AVC, vorbis), browser(COMMON, ["opus"], ["vorbis"])).audio?.encoding, "opus");
  assert.equal(plan(film(VP8, vorbis), browser(COMMON, ["opus"], ["vorbis"])).container, "webm");
});

Deno.test("plan: where there is no way, the sentence names codec and container", () => {
  const unplayable = (facts: MediaFacts, can: Abilities, words: RegExp) =>
    assert.throws(
      () => plan(facts, can),
      (error) => error instanceof Unplayable && words.test(error.message),
    );
  unplayable(film(HEVC, AAC), browser(COMMON, ["opus"]), /picture \(hevc\) of this Matroska/);
  unplayable(film(AVC, sound(4, "wmav2", undefined)), browser(COMMON, ["opus"]), /sound \(wmav2\)/);
  unplayable(film(AVC, AC3), browser(COMMON, []), /sound \(ac3\)/);
  unplayable(film({ ...AVC, codec: "V_THEORA", codecString: undefined }), browser(COMMON, []), /V_THEORA/);
  unplayable(film(undefined), browser(COMMON, []), /neither picture nor sound/);
});
