import assert from "node:assert/strict";
import { type Kernel, kernel, RECORDS_SIZE } from "../kernel/kernel.ts";
import type { AeadBackend, OpeningKey, SealingKey } from "./aead_backend.ts";
import { blocksFor, Keystream, nonceHigh, nonceLow } from "./keystream.ts";
import { RECORD_OVERHEAD } from "./layout.ts";

/**
 * AES from `node:crypto` for many records in one call, everything else in WebAssembly.
 *
 * Its keys throw where the engine has no WebAssembly SIMD: see `chooseBackend`.
 */
export const kernelBackend: AeadBackend = {
  name: "kernel",
  sealingKey: (key, salt) => new KernelSealingKey(kernel(), key, salt),
  openingKey: (key, salt) => new KernelOpeningKey(kernel(), key, salt),
};

class KernelSealingKey implements SealingKey {
  readonly #kernel: Kernel;
  readonly #keystream: Keystream;

  constructor(kernel: Kernel, key: Uint8Array, salt: Uint8Array) {
    this.#kernel = kernel;
    this.#keystream = new Keystream(kernel, key, salt);
  }

  seal(
    type: number,
    epoch: number,
    sequence: number,
    packets: readonly Uint8Array[],
    arena: Uint8Array,
    offset: number,
  ): void {
    let at = 0;
    for (let i = 0; i < packets.length; i++) {
      const packet = packets[i]!;
      const size = RECORD_OVERHEAD + packet.byteLength;
      if (at + size > RECORDS_SIZE) {
        arena.set(this.#kernel.sealed(at), offset);
        offset += at;
        at = 0;
      }
      const number = sequence + i;
      const high = epoch * 0x1_0000 + Math.floor(number / 2 ** 32);
      const low = number % 2 ** 32;
      const blocks = blocksFor(packet.byteLength);
      this.#keystream.note(blocks);
      const keystream = this.#keystream.find(high, low, blocks) ??
        this.#prepare(high, low, packets, i);
      this.#kernel.seal(at, packet, type, high, low, keystream, this.#keystream.hashTable);
      at += size;
    }
    arena.set(this.#kernel.sealed(at), offset);
  }

  #prepare(high: number, low: number, packets: readonly Uint8Array[], from: number): Uint8Array {
    let longest = 0;
    for (let i = from; i < packets.length; i++) longest = Math.max(longest, packets[i]!.byteLength);
    this.#keystream.prepare(high, low, packets.length - from, blocksFor(longest));
    const keystream = this.#keystream.find(high, low, blocksFor(packets[from]!.byteLength));
    assert.ok(keystream, "there is keystream for the record it was made for");
    return keystream;
  }
}

/** How far the explicit nonce of a record may be ahead of the last one's for the next to be foreseen. */
const MAX_GAP = 1_024;

class KernelOpeningKey implements OpeningKey {
  readonly #kernel: Kernel;
  readonly #keystream: Keystream;
  #lastHigh = -1;
  #lastLow = 0;

  constructor(kernel: Kernel, key: Uint8Array, salt: Uint8Array) {
    this.#kernel = kernel;
    this.#keystream = new Keystream(kernel, key, salt);
  }

  open(record: Uint8Array): boolean {
    // Not the sequence number: some peers count their explicit nonces from a random one (RFC 5288, section 3).
    const high = nonceHigh(record);
    const low = nonceLow(record);
    const blocks = blocksFor(record.byteLength - RECORD_OVERHEAD);
    const keystream = this.#keystream.find(high, low, blocks) ?? this.#keystream.make(high, low, blocks);
    if (!this.#kernel.open(record, keystream, this.#keystream.hashTable)) return false;
    this.#keystream.note(blocks);
    this.#foresee(high, low);
    return true;
  }

  /** Has keystream made for the nonces after an authentic one, where they seem to count up. */
  #foresee(high: number, low: number): void {
    const gap = high === this.#lastHigh ? (low - this.#lastLow) >>> 0 : undefined;
    // A late record says nothing about those to come.
    if (gap !== undefined && gap > 2 ** 31) return;
    this.#lastHigh = high;
    this.#lastLow = low;
    if (gap === undefined || gap > MAX_GAP || low === 0xffff_ffff) return;
    if (!this.#keystream.has(high, low + 1)) this.#keystream.prepare(high, low + 1);
  }
}
