import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { AeadBackend, OpeningKey, SealingKey } from "./aead_backend.ts";
import {
  ADDITIONAL_DATA_SIZE,
  EXPLICIT_NONCE_SIZE,
  NONCE_SIZE,
  RECORD_OVERHEAD,
  SALT_SIZE,
  TAG_SIZE,
  TEXT_OFFSET,
  writeAdditionalData,
  writeRecordStart,
} from "./layout.ts";

const ALGORITHM = "aes-128-gcm";

/** `node:crypto` alone, one cipher object for each record: slow, and the measure of the other one. */
export const nodeBackend: AeadBackend = {
  name: "node",
  sealingKey: (key, salt) => new NodeSealingKey(key, salt),
  openingKey: (key, salt) => new NodeOpeningKey(key, salt),
};

class NodeKey {
  readonly key: Uint8Array;
  readonly nonce = new Uint8Array(NONCE_SIZE);
  readonly additionalData = new Uint8Array(ADDITIONAL_DATA_SIZE);

  constructor(key: Uint8Array, salt: Uint8Array) {
    this.key = new Uint8Array(key);
    this.nonce.set(salt);
  }

  /** Takes nonce and additional data from the record that begins at `at`. */
  take(bytes: Uint8Array, at: number, plaintextLength: number): void {
    const explicit = at + TEXT_OFFSET - EXPLICIT_NONCE_SIZE;
    for (let i = 0; i < EXPLICIT_NONCE_SIZE; i++) this.nonce[SALT_SIZE + i] = bytes[explicit + i]!;
    writeAdditionalData(this.additionalData, bytes, at, plaintextLength);
  }
}

class NodeSealingKey implements SealingKey {
  readonly #key: NodeKey;

  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = new NodeKey(key, salt);
  }

  seal(
    type: number,
    epoch: number,
    sequence: number,
    packets: readonly Uint8Array[],
    arena: Uint8Array,
    offset: number,
  ): void {
    const { key, nonce, additionalData } = this.#key;
    for (const packet of packets) {
      const length = packet.byteLength;
      writeRecordStart(arena, offset, type, epoch, sequence, length);
      this.#key.take(arena, offset, length);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE });
      cipher.setAAD(additionalData);
      if (length > 0) arena.set(cipher.update(packet), offset + TEXT_OFFSET);
      cipher.final();
      arena.set(cipher.getAuthTag(), offset + TEXT_OFFSET + length);
      offset += RECORD_OVERHEAD + length;
      sequence++;
    }
  }
}

class NodeOpeningKey implements OpeningKey {
  readonly #key: NodeKey;

  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = new NodeKey(key, salt);
  }

  open(record: Uint8Array): boolean {
    const { key, nonce, additionalData } = this.#key;
    const end = record.byteLength - TAG_SIZE;
    this.#key.take(record, 0, end - TEXT_OFFSET);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE });
    decipher.setAAD(additionalData);
    decipher.setAuthTag(record.subarray(end));
    const plaintext = end > TEXT_OFFSET
      ? decipher.update(record.subarray(TEXT_OFFSET, end))
      : Buffer.alloc(0);
    try {
      decipher.final();
    } catch {
      return false;
    }
    record.set(plaintext, TEXT_OFFSET);
    return true;
  }
}
