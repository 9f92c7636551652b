import assert from "node:assert/strict";
import { RECORD_HEADER_SIZE } from "../record_header.ts";
import type { AeadBackend, OpeningKey } from "./aead_backend.ts";
import {
  KEY_SIZE,
  MAX_PLAINTEXT,
  readSequence,
  readUint16,
  RECORD_OVERHEAD,
  SALT_SIZE,
  TAG_SIZE,
  TEXT_OFFSET,
  VERSION,
} from "./layout.ts";
import { ReplayWindow } from "./replay_window.ts";

/**
 * Why a record is not opened.
 *
 * - `malformed`: its lengths do not fit, or its version is not DTLS 1.2.
 * - `epoch`: it belongs to other keys.
 * - `replayed`: its number has been received. `old`: so far back that nobody can tell.
 * - `forged`: its tag is not that of the key.
 */
export type OpenFailure = "malformed" | "epoch" | "replayed" | "old" | "forged";

export interface OpenerOptions {
  readonly backend: AeadBackend;
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** The implicit part of the nonce, 4 bytes. */
  readonly salt: Uint8Array;
  readonly epoch: number;
}

/** Opens the peer's records. A record that is refused changes nothing; none makes it throw. */
export class Opener {
  readonly #key: OpeningKey;
  readonly #epoch: number;
  readonly #window = new ReplayWindow();

  constructor({ backend, key, salt, epoch }: OpenerOptions) {
    assert.equal(key.byteLength, KEY_SIZE);
    assert.equal(salt.byteLength, SALT_SIZE);
    assert.ok(Number.isInteger(epoch) && epoch >= 1 && epoch <= 0xffff, "an epoch with keys");
    this.#epoch = epoch;
    this.#key = backend.openingKey(key, salt);
  }

  /**
   * Opens a record in place: the plaintext takes the place of the ciphertext, and what is returned is a
   * view of it, good as long as the datagram's memory is.
   *
   * @param record header and fragment, exactly
   */
  open(record: Uint8Array): Uint8Array | OpenFailure {
    const length = record.byteLength - RECORD_OVERHEAD;
    if (length < 0 || length > MAX_PLAINTEXT) return "malformed";
    if (readUint16(record, 11) !== record.byteLength - RECORD_HEADER_SIZE) return "malformed";
    if (readUint16(record, 1) !== VERSION) return "malformed";
    if (readUint16(record, 3) !== this.#epoch) return "epoch";
    const sequence = readSequence(record);
    const freshness = this.#window.check(sequence);
    if (freshness !== "new") return freshness;
    if (!this.#key.open(record)) return "forged";
    // Only now: whoever could move the window without the key could shut the peer out.
    this.#window.accept(sequence);
    return record.subarray(TEXT_OFFSET, record.byteLength - TAG_SIZE);
  }
}
