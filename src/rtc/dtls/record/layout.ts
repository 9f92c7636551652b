/**
 * A record under AES-128-GCM (RFC 6347, section 4.1; RFC 5288, section 3):
 *
 *     type u8 · version u16 · epoch u16 · sequence u48 · length u16 · explicit nonce 8 · ciphertext · tag 16
 *
 * The nonce is the key's 4-byte salt and the explicit one. The additional data is
 * epoch u16 · sequence u48 · type u8 · version u16 · length of the plaintext u16.
 */
import { RECORD_HEADER_SIZE } from "../record_header.ts";

/** DTLS 1.2. */
export const VERSION = 0xfefd;

export const KEY_SIZE = 16;
export const SALT_SIZE = 4;
export const EXPLICIT_NONCE_SIZE = 8;
export const NONCE_SIZE = SALT_SIZE + EXPLICIT_NONCE_SIZE;
export const TAG_SIZE = 16;
export const ADDITIONAL_DATA_SIZE = 13;

/** Where a record's ciphertext begins. */
export const TEXT_OFFSET = RECORD_HEADER_SIZE + EXPLICIT_NONCE_SIZE;

/** By how much a record is longer than what it holds, in bytes. */
export const RECORD_OVERHEAD = TEXT_OFFSET + TAG_SIZE;

/** The longest plaintext of a record, in bytes (RFC 5246, section 6.2.1). */
export const MAX_PLAINTEXT = 2 ** 14;

/** The end of the 48-bit sequence numbers; this one is not used any more. */
export const SEQUENCE_END = 2 ** 48 - 1;

const SEQUENCE_OFFSET = 5;

/** Writes a number of 48 bits; DataView has none of that size, and a BigInt would be allocated. */
export function writeUint48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  writeUint32(bytes, at + 2, value % 2 ** 32);
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)) >>> 0;
}

function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, value >>> 16);
  writeUint16(bytes, at + 2, value);
}

/** The sequence number of the record that begins at `at`. */
export function readSequence(bytes: Uint8Array, at = 0): number {
  return readUint16(bytes, at + SEQUENCE_OFFSET) * 2 ** 32 + readUint32(bytes, at + SEQUENCE_OFFSET + 2);
}

/** Gives the record that begins at `at` another sequence number; an encrypted one is forged by that. */
export function writeSequence(bytes: Uint8Array, sequence: number, at = 0): void {
  writeUint48(bytes, at + SEQUENCE_OFFSET, sequence);
}

/** Writes a record's header and its explicit nonce, which is the epoch and the sequence number again. */
export function writeRecordStart(
  bytes: Uint8Array,
  at: number,
  type: number,
  epoch: number,
  sequence: number,
  plaintextLength: number,
): void {
  bytes[at] = type;
  writeUint16(bytes, at + 1, VERSION);
  writeUint16(bytes, at + 3, epoch);
  writeUint48(bytes, at + SEQUENCE_OFFSET, sequence);
  writeUint16(bytes, at + 11, EXPLICIT_NONCE_SIZE + plaintextLength + TAG_SIZE);
  bytes.copyWithin(at + RECORD_HEADER_SIZE, at + 3, at + 3 + EXPLICIT_NONCE_SIZE);
}

/** Writes the additional data of the record that begins at `at` into `into`. */
export function writeAdditionalData(
  into: Uint8Array,
  bytes: Uint8Array,
  at: number,
  plaintextLength: number,
): void {
  for (let i = 0; i < 8; i++) into[i] = bytes[at + 3 + i]!;
  for (let i = 0; i < 3; i++) into[8 + i] = bytes[at + i]!;
  writeUint16(into, 11, plaintextLength);
}
