import assert from "node:assert/strict";
import { MAX_LINE_BYTES, readEventStream, SseReadError } from "../../src/signal/sse_reader.ts";

interface Read {
  readonly events: { event: string | undefined; id: string | undefined; data: string }[];
  readonly retries: number[];
  readonly error: SseReadError | undefined;
}

async function read(text: string | Uint8Array[], silenceMs = 1_000): Promise<Read> {
  const chunks = typeof text === "string" ? [new TextEncoder().encode(text)] : text;
  const events: Read["events"] = [];
  const retries: number[] = [];
  let error: SseReadError | undefined;
  try {
    await readEventStream(
      ReadableStream.from(chunks),
      {
        onEvent: ({ event, id, data }) => events.push({ event, id, data }),
        onRetry: (ms) => retries.push(ms),
        onActivity: () => {},
      },
      silenceMs,
    );
  } catch (thrown) {
    assert.ok(thrown instanceof SseReadError, String(thrown));
    error = thrown;
  }
  return { events, retries, error };
}

Deno.test("defect 13: every end of line counts, and a leading byte order mark does not", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const { events } = await read(
      `\ufeffid: 7${end}data: a${end}data:  b ${end}${end}data: c${end}${end}:${end}`,
    );
    assert.deepEqual(events.map(({ id, data }) => [id, data]), [["7", "a\n b "], [undefined, "c"]]);
  }
});

Deno.test("event stream: split anywhere, the events are the same", async () => {
  const bytes = new TextEncoder().encode(
    'retry: 1500\r\n\r\nid: 1\r\ndata: {"ä":"😀"}\r\n\r\n: beat\r\n\r\n',
  );
  for (let size = 1; size < bytes.length; size++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const { events, retries } = await read(chunks);
    assert.deepEqual(events.map(({ id, data }) => [id, data]), [["1", '{"ä":"😀"}']]);
    assert.deepEqual(retries, [1_500]);
  }
});

Deno.test("event stream: an event that no empty line closes is dropped", async () => {
  assert.deepEqual((await read("data: a\n\ndata: b\n")).events.map(({ data }) => data), ["a"]);
});

Deno.test("event stream: a line may be 262,143 bytes long and no longer, a comment too", async () => {
  const fits = `: ${"x".repeat(MAX_LINE_BYTES - 2)}\ndata: a\n\n`;
  assert.equal((await read(fits)).error, undefined);
  const over = new TextEncoder().encode(`: ${"x".repeat(MAX_LINE_BYTES - 1)}\ndata: a\n\n`);
  for (const size of [10_000, over.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < over.length; at += size) chunks.push(over.slice(at, at + size));
    assert.equal((await read(chunks)).error?.type, "oversized");
  }
});

Deno.test("event stream: the data of an event is bounded", async () => {
  const line = `data: ${"x".repeat(200_000)}\n`;
  const chunks = Array.from({ length: 7 }, () => new TextEncoder().encode(line));
  assert.equal((await read(chunks)).error?.type, "oversized");
});

Deno.test("defect 9: silence counts as a cut", async () => {
  const never = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: a\n\n")),
  });
  const began = performance.now();
  await assert.rejects(
    readEventStream(never, { onEvent() {}, onRetry() {}, onActivity() {} }, 200),
    (error) => error instanceof SseReadError && error.type === "silence",
  );
  assert.ok(performance.now() - began < 5_000);
});
