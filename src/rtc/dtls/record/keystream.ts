import assert from "node:assert/strict";
import { type Cipheriv, createCipheriv } from "node:crypto";
import { COUNTERS_SIZE, type HashTable, type Kernel } from "../kernel/kernel.ts";
import { readUint32 } from "./layout.ts";

const BLOCK = 16;

/**
 * For how many records keystream is made at a time: a call of the cipher costs some microseconds, however
 * few blocks it is for. Few at first, so that a quiet connection makes none in vain.
 */
const FIRST_AHEAD = 4;
const MAX_AHEAD = 64;

/** Blocks of keystream for a text of that many bytes: the tag's mask is the first. */
export function blocksFor(length: number): number {
  return 1 + Math.ceil(length / BLOCK);
}

/**
 * AES of counter blocks, for some explicit nonces in a row ahead of their records. One cipher object lives
 * as long as the key; ECB is AES itself, so it can encrypt counters of many records in one call.
 *
 * A nonce is passed as its upper and lower 32 bits.
 */
export class Keystream {
  readonly hashTable: HashTable;
  readonly #kernel: Kernel;
  readonly #cipher: Cipheriv;
  readonly #salt: number;
  #ahead = FIRST_AHEAD;
  #made = new Uint8Array(0);
  #high = 0;
  #low = 0;
  #records = 0;
  #blocks = 0;
  /** The most blocks of a record since the last {@link prepare}: the best guess for the next ones. */
  #largest = 0;

  constructor(kernel: Kernel, key: Uint8Array, salt: Uint8Array) {
    this.#kernel = kernel;
    this.#cipher = createCipheriv("aes-128-ecb", key, null);
    // Whole blocks only: with padding the last one would be held back.
    this.#cipher.setAutoPadding(false);
    this.#salt = new DataView(salt.buffer, salt.byteOffset).getUint32(0, true);
    this.hashTable = kernel.hashTable(this.#cipher.update(new Uint8Array(BLOCK)));
  }

  /** What has been made for a nonce, in `blocks` blocks; undefined where there is none or too little. */
  find(high: number, low: number, blocks: number): Uint8Array | undefined {
    const index = (low - this.#low) >>> 0;
    if (index >= this.#records || high !== this.#high || blocks > this.#blocks) return undefined;
    const at = index * this.#blocks * BLOCK;
    return this.#made.subarray(at, at + blocks * BLOCK);
  }

  /** Whether there is something for a nonce, of whatever length. */
  has(high: number, low: number): boolean {
    return ((low - this.#low) >>> 0) < this.#records && high === this.#high;
  }

  /** A record was of `blocks`. Not to be told of one that may be forged: it would make others dear. */
  note(blocks: number): void {
    if (blocks > this.#largest) this.#largest = blocks;
  }

  /** Makes one record's, and keeps nothing. */
  make(high: number, low: number, blocks: number): Uint8Array {
    return this.#encrypt(high, low, 1, blocks);
  }

  /**
   * Makes and keeps what records from a nonce on will need, in place of what there was: for `records` of
   * them where memory allows, or more; each of `blocks`, or of as many as the largest lately.
   */
  prepare(high: number, low: number, records = 1, blocks = 1): void {
    this.#blocks = Math.max(blocks, this.#largest);
    const wanted = Math.max(records, this.#ahead);
    this.#records = Math.min(wanted, Math.floor(COUNTERS_SIZE / (this.#blocks * BLOCK)));
    assert.ok(this.#records > 0, "the longest record fits");
    this.#made = this.#encrypt(high, low, this.#records, this.#blocks);
    this.#high = high;
    this.#low = low;
    this.#largest = 0;
    this.#ahead = Math.min(2 * this.#ahead, MAX_AHEAD);
  }

  #encrypt(high: number, low: number, records: number, blocks: number): Uint8Array<ArrayBuffer> {
    const made = this.#cipher.update(this.#kernel.counters(this.#salt, high, low, records, blocks));
    // Not a Buffer: views of those are slower to make.
    return new Uint8Array(made.buffer as ArrayBuffer, made.byteOffset, made.byteLength);
  }
}

/** The explicit nonce of a record, in halves. */
export const nonceHigh = (record: Uint8Array): number => readUint32(record, 13);
export const nonceLow = (record: Uint8Array): number => readUint32(record, 17);
