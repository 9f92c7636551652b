/** Packets between a test and a stack's process: head length u32 · body length u32 · head (JSON) · body. */
export interface Packet {
  readonly head: Record<string, unknown>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function pack(head: Record<string, unknown>, body: Uint8Array = new Uint8Array()): Uint8Array {
  const text = encoder.encode(JSON.stringify(head));
  const packet = new Uint8Array(8 + text.byteLength + body.byteLength);
  const view = new DataView(packet.buffer);
  view.setUint32(0, text.byteLength);
  view.setUint32(4, body.byteLength);
  packet.set(text, 8);
  packet.set(body, 8 + text.byteLength);
  return packet;
}

export async function* packets(stream: ReadableStream<Uint8Array>): AsyncGenerator<Packet> {
  let buffer = new Uint8Array(1 << 20);
  let filled = 0;
  for await (const chunk of stream) {
    if (filled + chunk.byteLength > buffer.byteLength) {
      const larger = new Uint8Array(2 * (filled + chunk.byteLength));
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    buffer.set(chunk, filled);
    filled += chunk.byteLength;
    let at = 0;
    while (filled - at >= 8) {
      const view = new DataView(buffer.buffer, at);
      const start = at + 8;
      const middle = start + view.getUint32(0);
      const end = middle + view.getUint32(4);
      if (end > filled) break;
      yield {
        head: JSON.parse(decoder.decode(buffer.subarray(start, middle))),
        body: buffer.slice(middle, end),
      };
      at = end;
    }
    buffer.copyWithin(0, at, filled);
    filled -= at;
  }
}
