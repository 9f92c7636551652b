import { nodeBackend } from "./record/node_backend.ts";
import { readSequence, RECORD_OVERHEAD, SEQUENCE_END, TEXT_OFFSET, writeSequence } from "./record/layout.ts";
import { ContentType, records, type RecordView } from "./record_header.ts";

/** What this side seals with, while a handshake runs. */
export interface WriteKeys {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/**
 * Gives the records of a repeated flight new sequence numbers, as RFC 6347 asks for (section 4.2.4: messages
 * are retransmitted, not records). werift sends the same records again; a server that has them already takes
 * those for a replay and never hears that its own last flight was lost, so one lost datagram was the end of
 * the handshake.
 *
 * No number is used for two different records: each is above all before it.
 */
export class FlightRepeater {
  readonly #keys: () => WriteKeys | undefined;
  /** The highest number sent, by epoch. */
  readonly #last = [-1, -1];

  /** @param keys those of epoch 1; undefined where they are of a kind that is not known */
  constructor(keys: () => WriteKeys | undefined) {
    this.#keys = keys;
  }

  /** A datagram of werift's as it is to be sent; the same one where nothing in it was sent before. */
  renew(datagram: Uint8Array): Uint8Array {
    const renewed: Uint8Array[] = [];
    let same = true;
    for (const record of records(datagram)) {
      const bytes = this.#renew(record);
      if (bytes !== record.bytes) same = false;
      renewed.push(bytes);
    }
    return same ? datagram : concatenated(renewed);
  }

  #renew(record: RecordView): Uint8Array {
    const { epoch, type, bytes } = record;
    const last = this.#last[epoch];
    if (last === undefined || (epoch === 1 && type !== ContentType.HANDSHAKE)) return bytes;
    const sequence = readSequence(bytes);
    if (sequence > last) {
      this.#last[epoch] = sequence;
      return bytes;
    }
    if (last + 1 >= SEQUENCE_END) return bytes;
    const again = epoch === 0 ? renumbered(bytes, last + 1) : this.#sealedAgain(bytes, last + 1);
    if (again === undefined) return bytes;
    this.#last[epoch] = last + 1;
    return again;
  }

  #sealedAgain(bytes: Uint8Array, sequence: number): Uint8Array | undefined {
    const keys = this.#keys();
    if (keys === undefined || bytes.byteLength < RECORD_OVERHEAD) return undefined;
    const opened = new Uint8Array(bytes);
    if (!nodeBackend.openingKey(keys.key, keys.salt).open(opened)) return undefined;
    const plaintext = opened.subarray(TEXT_OFFSET, bytes.byteLength - RECORD_OVERHEAD + TEXT_OFFSET);
    const sealed = new Uint8Array(bytes.byteLength);
    nodeBackend.sealingKey(keys.key, keys.salt)
      .seal(ContentType.HANDSHAKE, 1, sequence, [plaintext], sealed, 0);
    return sealed;
  }
}

function renumbered(record: Uint8Array, sequence: number): Uint8Array {
  const bytes = new Uint8Array(record);
  writeSequence(bytes, sequence);
  return bytes;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
