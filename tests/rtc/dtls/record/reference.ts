/** Records made and opened with `node:crypto` straight from RFC 6347 and RFC 5288; shares no code with src. */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";

export interface RecordFields {
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly packet: Uint8Array;
  /** Epoch and sequence number where it is left out. */
  readonly explicitNonce?: Uint8Array;
}

function header(type: number, epoch: number, sequence: number, length: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16BE(0xfefd, 1);
  bytes.writeUInt16BE(epoch, 3);
  bytes.writeUIntBE(sequence, 5, 6);
  bytes.writeUInt16BE(length, 11);
  return bytes;
}

function additionalData(head: Buffer, length: number): Buffer {
  const bytes = Buffer.concat([head.subarray(3, 11), head.subarray(0, 3), Buffer.alloc(2)]);
  bytes.writeUInt16BE(length, 11);
  return bytes;
}

export function referenceSeal(
  key: Uint8Array,
  salt: Uint8Array,
  { type, epoch, sequence, packet, explicitNonce }: RecordFields,
): Uint8Array<ArrayBuffer> {
  const head = header(type, epoch, sequence, packet.byteLength + 24);
  const explicit = explicitNonce ?? head.subarray(3, 11);
  const cipher = createCipheriv("aes-128-gcm", key, Buffer.concat([salt, explicit]));
  cipher.setAAD(additionalData(head, packet.byteLength));
  const text = Buffer.concat([cipher.update(packet), cipher.final()]);
  return new Uint8Array(Buffer.concat([head, explicit, text, cipher.getAuthTag()]));
}

/** The plaintext. @throws for a forged record */
export function referenceOpen(
  key: Uint8Array,
  salt: Uint8Array,
  record: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(record);
  const head = bytes.subarray(0, 13);
  const end = bytes.byteLength - 16;
  const iv = Buffer.concat([salt, bytes.subarray(13, 21)]);
  const decipher = createDecipheriv("aes-128-gcm", key, iv, { authTagLength: 16 });
  decipher.setAAD(additionalData(head, end - 21));
  decipher.setAuthTag(bytes.subarray(end));
  return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(21, end)), decipher.final()]));
}
