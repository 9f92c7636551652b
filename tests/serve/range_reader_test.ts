import assert from "node:assert/strict";
import { RangeReader, type RangeStream, type ReadError } from "../../src/serve/range_reader.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

/** All bytes of a stream, taken as the pump takes them, and the error at its end. */
async function drain(
  reader: RangeReader,
  offset: number,
  length: number,
): Promise<{ bytes: Uint8Array; error: ReadError | undefined; takes: number[] }> {
  let wake = () => {};
  const stream: RangeStream = reader.stream(offset, length, () => wake());
  const bytes = new Uint8Array(length);
  const takes: number[] = [];
  let filled = 0;
  while (filled < length) {
    const take = Math.min(16_384, stream.available);
    if (take === 0) {
      if (stream.error !== undefined) break;
      await new Promise<void>((resolve) => wake = resolve);
      continue;
    }
    stream.copy(bytes, filled, take);
    takes.push(take);
    filled += take;
  }
  return { bytes: bytes.subarray(0, filled), error: stream.error, takes };
}

Deno.test("range reader: several ranges of one handle at once, byte for byte", async () => {
  await using dir = await TempDir.make();
  const random = seeded(11);
  const content = seededBytes(random, 3_000_000);
  const reader = new RangeReader(await Deno.open(await dir.put("a", content)));
  const ranges = Array.from({ length: 12 }, () => {
    const offset = Math.floor(random() * 2_999_999);
    return { offset, length: 1 + Math.floor(random() * (3_000_000 - offset)) };
  });
  await Promise.all(ranges.map(async ({ offset, length }) => {
    const { bytes, takes } = await drain(reader, offset, length);
    assert.deepEqual(bytes, content.slice(offset, offset + length));
    assert.ok(takes.slice(0, -1).every((take) => take === 16_384), "all chunks but the last are whole");
  }));
  reader.close();
});

Deno.test("defect 25: a file that is too short gives what it has, then an error", async () => {
  await using dir = await TempDir.make();
  const reader = new RangeReader(await Deno.open(await dir.put("a", new Uint8Array(100_000))));
  const { bytes, error } = await drain(reader, 0, 200_000);
  assert.deepEqual([bytes.byteLength, error?.type], [100_000, "short"]);
  reader.close();
});

Deno.test("defect 38: a long range is read through a handful of buffers", async () => {
  await using dir = await TempDir.make();
  const path = await dir.put("a", new Uint8Array(16 << 20));
  const buffers = new Set<ArrayBufferLike>();
  class Watched extends RangeReader {
    override read(buffer: Uint8Array, position: number): Promise<number> {
      buffers.add(buffer.buffer);
      return super.read(buffer, position);
    }
  }
  const reader = new Watched(await Deno.open(path));
  const { bytes } = await drain(reader, 0, 16 << 20);
  reader.close();
  assert.equal(bytes.byteLength, 16 << 20);
  assert.ok(buffers.size <= 4, `${buffers.size} buffers for 65 reads`);
});

/**
 * A file on a drive that does not answer: the read returns when it is let, as it would after an outage. No
 * file system that hangs can be had without a kernel module, hence this handle over a real file.
 */
class StalledFile {
  closed = false;
  readonly #answer = Promise.withResolvers<void>();

  constructor(readonly file: Deno.FsFile) {}

  seekSync(offset: number, whence: Deno.SeekMode): number {
    return this.file.seekSync(offset, whence);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    await this.#answer.promise;
    return await this.file.read(buffer);
  }

  close(): void {
    this.closed = true;
    this.file.close();
  }

  answer(): void {
    this.#answer.resolve();
  }
}

Deno.test("defect 33: a read that hangs is given up, and the file is closed when it returns", async () => {
  await using dir = await TempDir.make();
  const stalled = new StalledFile(await Deno.open(await dir.put("a", "content")));
  const reader = new RangeReader(stalled as unknown as Deno.FsFile, 100);
  const { error } = await within(2_000, "the end of the range", drain(reader, 0, 7));
  assert.equal(error?.type, "timeout");
  reader.close();
  assert.equal(stalled.closed, false);
  stalled.answer();
  await within(
    2_000,
    "the close",
    (async () => {
      while (!stalled.closed) await new Promise((resolve) => setTimeout(resolve, 1));
    })(),
  );
});
