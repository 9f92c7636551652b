import assert from "node:assert/strict";
import type { AeadBackend, SealingKey } from "./aead_backend.ts";
import { RecordError } from "./errors.ts";
import { KeyOwnership } from "./key_ownership.ts";
import { KEY_SIZE, MAX_PLAINTEXT, RECORD_OVERHEAD, SALT_SIZE, SEQUENCE_END } from "./layout.ts";

export interface SealerOptions {
  readonly backend: AeadBackend;
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** The implicit part of the nonce, 4 bytes. */
  readonly salt: Uint8Array;
  readonly epoch: number;
  /** The first sequence number: higher than every one the handshake used under this key. */
  readonly first: number;
}

/**
 * The one sender under a key, owner of its 48-bit sequence numbers.
 *
 * Invariant: a number is given out once, and each is higher than those before. A number counts as used
 * before its record is made, so a failure in the middle leaves a gap and never a repetition.
 */
export class Sealer {
  readonly #ownership: KeyOwnership;
  readonly #epoch: number;
  readonly #single: Uint8Array[] = [new Uint8Array(0)];
  #key: SealingKey | undefined;
  #next: number;
  /** The highest number given out; kept apart from `#next` so that the invariant can be asserted. */
  #last: number;

  /** @throws {RecordError} `key-in-use` where another sealer has, or had, the key */
  constructor({ backend, key, salt, epoch, first }: SealerOptions) {
    assert.equal(key.byteLength, KEY_SIZE);
    assert.equal(salt.byteLength, SALT_SIZE);
    assert.ok(Number.isInteger(epoch) && epoch >= 1 && epoch <= 0xffff, "an epoch with keys");
    assert.ok(Number.isSafeInteger(first) && first >= 0 && first <= SEQUENCE_END, "a sequence number");
    // Before the claim, so that another backend can take the key where this one fails.
    const sealingKey = backend.sealingKey(key, salt);
    const ownership = KeyOwnership.claim(key);
    if (ownership === undefined) throw new RecordError("key-in-use", "the key has had another sealer");
    this.#ownership = ownership;
    this.#epoch = epoch;
    this.#next = first;
    this.#last = first - 1;
    this.#key = sealingKey;
  }

  /** The sequence number of the next record. */
  get next(): number {
    return this.#next;
  }

  /**
   * Writes a record for each packet into `arena`, back to back from `offset` on; each is longer than its
   * packet by {@link RECORD_OVERHEAD} bytes.
   *
   * @param type a content type; see `ContentType`
   * @returns where the last record ends
   * @throws {RecordError} `closed`, `packet-too-long`, `arena-too-small`, `sequence-exhausted`: nothing
   * is sealed then
   */
  seal(type: number, packets: readonly Uint8Array[], arena: Uint8Array, offset = 0): number {
    const key = this.#key;
    if (key === undefined) throw new RecordError("closed", "the sealer is closed");
    let end = offset;
    for (let i = 0; i < packets.length; i++) {
      const length = packets[i]!.byteLength;
      if (length > MAX_PLAINTEXT) throw new RecordError("packet-too-long", `a packet of ${length} bytes`);
      end += RECORD_OVERHEAD + length;
    }
    if (end > arena.byteLength) throw new RecordError("arena-too-small", `the records end at ${end}`);
    if (packets.length === 0) return end;
    const sequence = this.#reserve(packets.length);
    key.seal(type, this.#epoch, sequence, packets, arena, offset);
    return end;
  }

  /** One record in memory of its own. @throws {RecordError} as {@link seal} */
  sealOne(type: number, packet: Uint8Array): Uint8Array<ArrayBuffer> {
    const record = new Uint8Array(RECORD_OVERHEAD + packet.byteLength);
    this.#single[0] = packet;
    this.seal(type, this.#single, record);
    return record;
  }

  /** Seals no more. The key stays taken for the rest of the process. */
  close(): void {
    this.#key = undefined;
    this.#ownership.retire();
  }

  /** Takes `count` numbers out of use and answers the first of them. */
  #reserve(count: number): number {
    const first = this.#next;
    if (first + count > SEQUENCE_END) {
      throw new RecordError("sequence-exhausted", "no sequence numbers are left under this key");
    }
    assert.ok(count > 0 && first > this.#last, "sequence numbers only rise");
    this.#next = first + count;
    this.#last = first + count - 1;
    return first;
  }
}
