import assert from "node:assert/strict";
import { decodeFrame, encodeFrame, type Frame, Status, WireError } from "../../src/wire/mod.ts";
import vectors from "./wire-vectors.json" with { type: "json" };
import { hex, unhex } from "../support/hex.ts";

/** A frame in the notation of the vectors: u64 as decimal text, bytes as hexadecimal. */
function plain(frame: Frame): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(frame).map(([key, value]) => [
      key,
      typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? hex(value) : value,
    ]),
  );
}

for (const vector of vectors.valid) {
  Deno.test(`wire vector ${vector.name} decodes`, () => {
    const bytes = unhex(vector.bytes);
    const { length, ...expected } = vector.decoded;
    assert.equal(bytes.byteLength - 12, length);
    assert.deepEqual(plain(decodeFrame(bytes)), expected);
  });
  if (vector.canonical) {
    Deno.test(`wire vector ${vector.name} is what the encoder makes`, () => {
      assert.equal(hex(encodeFrame(decodeFrame(unhex(vector.bytes)))), vector.bytes);
    });
  }
}

for (const vector of vectors.invalid) {
  Deno.test(`wire vector ${vector.name} is refused as ${vector.error}`, () => {
    assert.throws(
      () => decodeFrame(unhex(vector.bytes)),
      (error) => error instanceof WireError && error.kind === vector.error,
    );
  });
}

for (const vector of vectors.sized) {
  Deno.test(`wire vector ${vector.name}: ${vector.expect ?? vector.error}`, () => {
    const header = unhex(vector.header);
    const bytes = new Uint8Array(header.byteLength + vector.payload.count);
    bytes.fill(parseInt(vector.payload.byte, 16));
    bytes.set(header);
    if (vector.error === undefined) {
      assert.equal(decodeFrame(bytes).type, vector.expect);
    } else {
      assert.throws(
        () => decodeFrame(bytes),
        (error) => error instanceof WireError && error.kind === vector.error,
      );
    }
  });
}

Deno.test("wire: a text message is refused as not-binary", () => {
  assert.throws(
    () => decodeFrame("hello"),
    (error) => error instanceof WireError && error.kind === "not-binary",
  );
});

Deno.test("wire: the status codes are the vectors'", () => {
  assert.deepEqual({ ...Status }, vectors.status);
});
