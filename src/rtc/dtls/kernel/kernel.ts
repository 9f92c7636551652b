import { Buffer } from "node:buffer";
import { MAX_PLAINTEXT, RECORD_OVERHEAD, TEXT_OFFSET } from "../record/layout.ts";
import { KERNEL_WASM } from "./kernel_wasm.ts";

/** What `kernel.as.ts` and `crc32c.as.ts` export; addresses and lengths are in bytes. */
interface Exports {
  prepare(table: number, key: number, scratch: number): void;
  counters(at: number, salt: number, high: number, low: number, records: number, blocks: number): void;
  seal(
    record: number,
    length: number,
    type: number,
    high: number,
    low: number,
    keystream: number,
    table: number,
  ): void;
  open(record: number, length: number, keystream: number, table: number): number;
  prepareCrc(table: number): void;
  crc32c(crc: number, at: number, length: number, table: number): number;
}

/** Room for counter blocks: keystream of 64 records of 1,300 bytes, or of the longest. */
export const COUNTERS_SIZE = 96 * 1_024;

/** The products of one hash key: 512 bytes for each of the powers in `kernel.as.ts`. */
const TABLE_SIZE = 4 * 512;

/** Keystream of the longest record: the tag's mask and the text's. */
const KEYSTREAM_SIZE = 16 + MAX_PLAINTEXT;

const CRC_TABLE_SIZE = 8_192;

/** Scratch of `prepare`. */
const SCRATCH_SIZE = 256;

/** The kernel reads and writes whole blocks, and two of them behind a text: this is more. */
const GUARD = 64;

const PAGE_SIZE = 65_536;
const PAGES = 4;

/** Where things are. Nothing is at 0, so that a forgotten address shows. */
const TABLE = 1_024;
const CRC_TABLE = TABLE + TABLE_SIZE;
const KEYSTREAM = CRC_TABLE + CRC_TABLE_SIZE;
const COUNTERS = KEYSTREAM + KEYSTREAM_SIZE + GUARD;
const RECORDS = COUNTERS + COUNTERS_SIZE + GUARD;

/** Room for records, in bytes; the longest has 16,421. */
export const RECORDS_SIZE = PAGES * PAGE_SIZE - RECORDS - GUARD;

/** The products of a hash key, made once for each key. */
export type HashTable = Uint8Array & { readonly brand: unique symbol };

/**
 * The WebAssembly part. One instance serves all keys: its memory is scratch, and every call is done with
 * it before the next begins.
 */
export class Kernel {
  readonly #memory: Uint8Array;
  readonly #exports: Exports;
  #active: HashTable | undefined;

  /** @throws where the engine lacks WebAssembly or its SIMD */
  constructor() {
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
    const module = new WebAssembly.Module(Buffer.from(KERNEL_WASM, "base64"));
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.#memory = new Uint8Array(memory.buffer);
    this.#exports.prepareCrc(CRC_TABLE);
  }

  /** @param hashKey 16 bytes: AES of a block of zeros */
  hashTable(hashKey: Uint8Array): HashTable {
    this.#memory.set(hashKey, RECORDS);
    this.#exports.prepare(TABLE, RECORDS, RECORDS + 16);
    this.#active = undefined;
    const table = this.#memory.slice(TABLE, TABLE + TABLE_SIZE);
    this.#memory.fill(0, RECORDS, RECORDS + 16 + SCRATCH_SIZE);
    return table as HashTable;
  }

  /**
   * Counter blocks for `records` explicit nonces in a row, `blocks` each, {@link COUNTERS_SIZE} bytes at
   * most: a view, good until the next call.
   *
   * @param salt its 4 bytes, lowest first; @param high of the first nonce, 32 bits; @param low 32 bits
   */
  counters(salt: number, high: number, low: number, records: number, blocks: number): Uint8Array {
    this.#exports.counters(COUNTERS, salt, high, low, records, blocks);
    return this.#memory.subarray(COUNTERS, COUNTERS + records * blocks * 16);
  }

  /**
   * Seals `packet` as a record at `at` of the {@link RECORDS_SIZE} bytes for records. In order of
   * address: what lies behind a record is overwritten.
   *
   * @param high epoch and the upper 16 bits of the sequence number; @param low its lower 32 bits
   * @param keystream the mask of the tag, then the text's
   */
  seal(
    at: number,
    packet: Uint8Array,
    type: number,
    high: number,
    low: number,
    keystream: Uint8Array,
    table: HashTable,
  ): void {
    this.#activate(table);
    this.#memory.set(packet, RECORDS + at + TEXT_OFFSET);
    this.#memory.set(keystream, KEYSTREAM);
    this.#exports.seal(RECORDS + at, packet.byteLength, type, high, low, KEYSTREAM, TABLE);
  }

  /** The first `length` bytes of what was sealed: a view, good until the next call. */
  sealed(length: number): Uint8Array {
    return this.#memory.subarray(RECORDS, RECORDS + length);
  }

  /**
   * Opens a record in place.
   *
   * @returns false where it is forged; it stays as it was then
   */
  open(record: Uint8Array, keystream: Uint8Array, table: HashTable): boolean {
    this.#activate(table);
    const length = record.byteLength - RECORD_OVERHEAD;
    this.#memory.set(record, RECORDS);
    this.#memory.set(keystream, KEYSTREAM);
    if (this.#exports.open(RECORDS, length, KEYSTREAM, TABLE) === 0) return false;
    const text = RECORDS + TEXT_OFFSET;
    record.set(this.#memory.subarray(text, text + length), TEXT_OFFSET);
    return true;
  }

  /** CRC32c of a range of bytes. */
  crc32c(bytes: Uint8Array, offset: number, length: number): number {
    let crc = -1;
    for (let at = offset; at < offset + length; at += RECORDS_SIZE) {
      const part = Math.min(RECORDS_SIZE, offset + length - at);
      this.#memory.set(bytes.subarray(at, at + part), RECORDS);
      crc = this.#exports.crc32c(crc, RECORDS, part, CRC_TABLE);
    }
    return ~crc >>> 0;
  }

  #activate(table: HashTable): void {
    if (this.#active === table) return;
    this.#memory.set(table, TABLE);
    this.#active = table;
  }
}

let shared: Kernel | undefined;

/** The process's kernel, made on first use. @throws as its constructor */
export function kernel(): Kernel {
  return shared ??= new Kernel();
}
