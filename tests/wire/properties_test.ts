import assert from "node:assert/strict";
import fc from "fast-check";
import {
  allocateRangeData,
  decodeFrame,
  encodeFrame,
  encodeHello,
  type Frame,
  HEADER_SIZE,
  MAX_CHUNK,
  WireError,
} from "../../src/wire/mod.ts";

const RUNS = { numRuns: 2_000, seed: 20_261_123 };

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const name = fc.string({ unit: "grapheme", maxLength: 100 }).filter((text) => text.isWellFormed());

const PLAIN = { noNullPrototype: true };

const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.tuple(u64, name, fc.boolean(), fc.boolean()).map(([fileSize, fileName, transcoding, seekable]) => ({
    type: "HELLO" as const,
    flags: (transcoding ? 2 : 0) | (seekable ? 4 : 0),
    streamId: 0,
    fileSize,
    fileName,
    transcoding,
    seekable,
  })),
  fc.record({
    type: fc.constant("RANGE_REQ" as const),
    flags: fc.constant(0),
    streamId: u32,
    offset: u64,
    rangeLength: u64,
  }, PLAIN),
  fc.tuple(u32, fc.boolean(), fc.uint8Array({ maxLength: 300 })).map(([streamId, last, data]) => ({
    type: "RANGE_DATA" as const,
    flags: last ? 1 : 0,
    streamId,
    last,
    data: new Uint8Array(data),
  })),
  fc.record(
    { type: fc.constant("RANGE_END" as const), flags: fc.constant(0), streamId: u32, status: u32 },
    PLAIN,
  ),
  fc.record({
    type: fc.constantFrom("CANCEL" as const, "PING" as const, "PONG" as const),
    flags: fc.constant(0),
    streamId: u32,
  }, PLAIN),
  fc.record({
    type: fc.constant("SEEK_HINT" as const),
    flags: fc.constant(0),
    streamId: fc.constant(0),
    timestampMs: u64,
  }, PLAIN),
);

Deno.test("wire: what is encoded decodes to the same frame", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }),
    RUNS,
  );
});

/** Arbitrary bytes, often with a header that gets past the first tests. */
const messages = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.uint8Array({ maxLength: 40 }), u32).map(
    ([type, payload, streamId]) => {
      const bytes = new Uint8Array(HEADER_SIZE + payload.byteLength);
      const view = new DataView(bytes.buffer);
      view.setUint8(0, type);
      view.setUint32(4, streamId);
      view.setUint32(8, payload.byteLength);
      bytes.set(payload, HEADER_SIZE);
      return bytes;
    },
  ),
  frames.chain((frame) => {
    const bytes = encodeFrame(frame);
    return fc.tuple(fc.nat(bytes.byteLength - 1), fc.integer({ min: 0, max: 255 })).map(([at, value]) => {
      const mutated = bytes.slice();
      mutated[at] = value;
      return mutated;
    });
  }),
);

Deno.test("wire: no bytes make the decoder throw anything but its typed error", () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(messages, (bytes) => {
      try {
        decodeFrame(bytes);
        accepted++;
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
        refused++;
      }
    }),
    { ...RUNS, numRuns: 20_000 },
  );
  // Guards the generator: both outcomes must have been common.
  assert.ok(refused > 1_000 && accepted > 1_000, `${refused} refused, ${accepted} accepted`);
});

Deno.test("wire: frames are read at any offset of a larger buffer", () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 0, max: 32 }), (frame, offset) => {
      const encoded = encodeFrame(frame);
      const buffer = new Uint8Array(encoded.byteLength + offset + 7);
      buffer.set(encoded, offset);
      assert.deepEqual(decodeFrame(buffer.subarray(offset, offset + encoded.byteLength)), frame);
    }),
    RUNS,
  );
});

Deno.test("wire: an allocated RANGE_DATA message is the one the general encoder makes", () => {
  fc.assert(
    fc.property(u32, fc.boolean(), fc.uint8Array({ maxLength: 500 }), (streamId, last, payload) => {
      const used = (size: number) => new Uint8Array(size).fill(0xff);
      const message = allocateRangeData(streamId, payload.byteLength, last, used);
      message.set(payload, HEADER_SIZE);
      assert.deepEqual(
        message,
        encodeFrame({ type: "RANGE_DATA", flags: 0, streamId, last, data: new Uint8Array(payload) }),
      );
    }),
    RUNS,
  );
  assert.throws(() => allocateRangeData(1, MAX_CHUNK + 1, false), RangeError);
});

Deno.test("defect 37: HELLO's name is cut at a character to 1,024 bytes and is always UTF-8", () => {
  const long = encodeHello(1n, "映".repeat(400));
  const frame = decodeFrame(long);
  assert.ok(frame.type === "HELLO");
  assert.equal(frame.fileName, "映".repeat(341));
  const lone = decodeFrame(encodeHello(1n, "a\ud800b"));
  assert.ok(lone.type === "HELLO");
  assert.equal(lone.fileName, "a\ufffdb");
});

Deno.test("wire: numbers that do not fit their field are refused by the encoder", () => {
  assert.throws(() => encodeHello(1n << 64n, "a"), RangeError);
  assert.throws(() => encodeFrame({ type: "PING", flags: 0, streamId: 2 ** 32 }), RangeError);
  assert.throws(() => encodeFrame({ type: "PING", flags: 0, streamId: -1 }), RangeError);
});
