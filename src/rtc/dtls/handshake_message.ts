/**
 * Handshake messages (RFC 6347, section 4.2.2): type u8 · length u24 · message sequence u16 · fragment
 * offset u24 · fragment length u24.
 */
export const HANDSHAKE_HEADER_SIZE = 12;

export const HandshakeType = {
  CLIENT_HELLO: 1,
  SERVER_HELLO: 2,
  HELLO_VERIFY_REQUEST: 3,
  CERTIFICATE: 11,
  SERVER_KEY_EXCHANGE: 12,
  CERTIFICATE_REQUEST: 13,
  SERVER_HELLO_DONE: 14,
} as const;

/** The largest message that is put together: a chain of certificates of any sense is smaller. */
const MAX_MESSAGE = 32_768;

/** How far ahead of the next message a fragment may be. */
const MAX_AHEAD = 8;

export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

interface Fragment extends HandshakeMessage {
  /** Of the whole message, in bytes. */
  readonly length: number;
  readonly offset: number;
}

/** The fragments in a record; none where it is malformed. */
export function fragments(record: Uint8Array): Fragment[] {
  const found: Fragment[] = [];
  const u24 = (at: number) => (record[at]! << 16) | (record[at + 1]! << 8) | record[at + 2]!;
  let at = 0;
  while (at < record.byteLength) {
    if (at + HANDSHAKE_HEADER_SIZE > record.byteLength) return [];
    const start = at + HANDSHAKE_HEADER_SIZE;
    const length = u24(at + 1);
    const offset = u24(at + 6);
    const end = start + u24(at + 9);
    if (end > record.byteLength || offset + (end - start) > length || length > MAX_MESSAGE) return [];
    found.push({
      type: record[at]!,
      sequence: (record[at + 4]! << 8) | record[at + 5]!,
      body: record.subarray(start, end),
      length,
      offset,
    });
    at = end;
  }
  return found;
}

/** A message as one unfragmented handshake fragment. */
export function wholeFragment({ type, sequence, body }: HandshakeMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HANDSHAKE_HEADER_SIZE + body.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.byteLength);
  view.setUint8(0, type);
  view.setUint16(4, sequence);
  view.setUint32(8, body.byteLength);
  bytes.set(body, HANDSHAKE_HEADER_SIZE);
  return bytes;
}

interface Partial {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** A bit for each byte that is there would be exact; whole fragments by offset are enough and bounded. */
  readonly parts: Map<number, number>;
}

/** Puts the peer's messages in order, each once, from fragments that repeat, overlap or overtake. */
export class MessageOrder {
  #next: number | undefined;
  readonly #partial = new Map<number, Partial>();

  /** Adds a fragment and answers the messages that are now complete and in turn. */
  add(fragment: Fragment): HandshakeMessage[] {
    // The first message the server sends has the number 0 (RFC 6347, section 4.2.2).
    const next = this.#next ??= 0;
    if (fragment.sequence < next || fragment.sequence > next + MAX_AHEAD) return [];
    const known = this.#partial.get(fragment.sequence) ??
      { type: fragment.type, bytes: new Uint8Array(fragment.length), parts: new Map() };
    if (known.type !== fragment.type || known.bytes.byteLength !== fragment.length) return [];
    if (known.parts.size >= 256) return [];
    this.#partial.set(fragment.sequence, known);
    known.bytes.set(fragment.body, fragment.offset);
    const end = fragment.offset + fragment.body.byteLength;
    known.parts.set(fragment.offset, Math.max(end, known.parts.get(fragment.offset) ?? 0));
    return this.#complete();
  }

  #complete(): HandshakeMessage[] {
    const messages: HandshakeMessage[] = [];
    for (;;) {
      const partial = this.#partial.get(this.#next!);
      if (partial === undefined || !isWhole(partial)) return messages;
      messages.push({ type: partial.type, sequence: this.#next!, body: partial.bytes });
      this.#partial.delete(this.#next!);
      this.#next!++;
    }
  }
}

function isWhole({ bytes, parts }: Partial): boolean {
  let reached = 0;
  for (const [offset, end] of [...parts].sort(([a], [b]) => a - b)) {
    if (offset > reached) return false;
    reached = Math.max(reached, end);
  }
  return reached === bytes.byteLength;
}
