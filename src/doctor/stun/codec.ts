/** STUN and TURN as a client writes and reads them (RFC 8489, RFC 8656); framing is read in rtc/ice. */
import { Buffer } from "node:buffer";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { BINDING, STUN_HEADER_SIZE, StunClass, type StunMessage } from "../../rtc/ice/stun_message.ts";

export const Method = { BINDING, ALLOCATE: 0x003, REFRESH: 0x004 } as const;

export const Attribute = {
  USERNAME: 0x0006,
  MESSAGE_INTEGRITY: 0x0008,
  ERROR_CODE: 0x0009,
  LIFETIME: 0x000d,
  REALM: 0x0014,
  NONCE: 0x0015,
  XOR_RELAYED_ADDRESS: 0x0016,
  REQUESTED_TRANSPORT: 0x0019,
  XOR_MAPPED_ADDRESS: 0x0020,
  OTHER_ADDRESS: 0x802c,
} as const;

/** An IP address and a port. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/** The version of IP of an address. */
export function familyOf({ hostname }: Endpoint): 4 | 6 {
  return hostname.includes(":") ? 6 : 4;
}

const ATTRIBUTE_HEADER_SIZE = 4;
const INTEGRITY_SIZE = 20;
const MAGIC_COOKIE = 0x2112a442;
const TRANSACTION_ID_OFFSET = 8;
const IPV6 = 0x02;

type AttributeValue = readonly [type: number, value: Uint8Array];

/**
 * A request with a transaction of its own.
 *
 * @param key signs it, with MESSAGE-INTEGRITY at the end
 */
export function request(
  method: number,
  attributes: readonly AttributeValue[] = [],
  key?: Uint8Array,
): Buffer {
  const header = Buffer.alloc(STUN_HEADER_SIZE);
  // Methods below 0x10 stand in the type as they are (RFC 8489, section 5).
  header.writeUInt16BE(method | StunClass.REQUEST);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(header, TRANSACTION_ID_OFFSET);
  const message = Buffer.concat([header, ...attributes.flatMap(written)]);
  if (key === undefined) return sized(message, message.byteLength);
  sized(message, message.byteLength + ATTRIBUTE_HEADER_SIZE + INTEGRITY_SIZE);
  const digest = createHmac("sha1", key).update(message).digest();
  return Buffer.concat([message, ...written([Attribute.MESSAGE_INTEGRITY, digest])]);
}

/** The key of long-term credentials (RFC 8489, section 9.2.2). */
export function longTermKey(username: string, realm: Uint8Array, credential: string): Uint8Array {
  return createHash("md5").update(`${username}:`).update(realm).update(`:${credential}`).digest();
}

/** The value of the first attribute of a type; undefined where there is none. */
export function attribute({ bytes }: StunMessage, type: number): Buffer | undefined {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = STUN_HEADER_SIZE; at < message.byteLength;) {
    const length = message.readUInt16BE(at + 2);
    const start = at + ATTRIBUTE_HEADER_SIZE;
    if (message.readUInt16BE(at) === type) return message.subarray(start, start + length);
    at = start + length + (-length & 3);
  }
  return undefined;
}

/** The number of an ERROR-CODE (RFC 8489, section 14.8); 0 where there is none. */
export function errorCode(message: StunMessage): number {
  const value = attribute(message, Attribute.ERROR_CODE);
  return value === undefined || value.byteLength < 4 ? 0 : (value[2]! & 7) * 100 + value[3]!;
}

/** An address that stands in the message as it is (RFC 8489, section 14.1). */
export function plainAddress(message: StunMessage, type: number): Endpoint | undefined {
  const value = attribute(message, type);
  return value && endpointOf(value);
}

/** An address that is XORed with the cookie and the transaction (RFC 8489, section 14.2). */
export function xorAddress(message: StunMessage, type: number): Endpoint | undefined {
  const value = attribute(message, type);
  if (value === undefined) return undefined;
  const mask = message.bytes.subarray(4, STUN_HEADER_SIZE);
  const plain = Buffer.from(value);
  for (let i = 0; i < 2; i++) plain[2 + i]! ^= mask[i]!;
  for (let i = 4; i < plain.byteLength; i++) plain[i]! ^= mask[i - 4]!;
  return endpointOf(plain);
}

function endpointOf(value: Buffer): Endpoint | undefined {
  const size = value[1] === IPV6 ? 16 : 4;
  if (value.byteLength !== 4 + size) return undefined;
  const address = value.subarray(4);
  const hostname = size === 4
    ? address.join(".")
    : Array.from({ length: 8 }, (_, i) => address.readUInt16BE(2 * i).toString(16)).join(":");
  return { hostname, port: value.readUInt16BE(2) };
}

function written([type, value]: AttributeValue): Uint8Array[] {
  const header = Buffer.alloc(ATTRIBUTE_HEADER_SIZE);
  header.writeUInt16BE(type);
  header.writeUInt16BE(value.byteLength, 2);
  return [header, value, Buffer.alloc(-value.byteLength & 3)];
}

/** Writes the length of a message that will have `size` bytes. */
function sized(message: Buffer, size: number): Buffer {
  message.writeUInt16BE(size - STUN_HEADER_SIZE, 2);
  return message;
}
