/** STUN messages (RFC 8489, sections 5 and 14), read as far as ICE needs them. */

export const STUN_HEADER_SIZE = 20;

/** A check is below 200 bytes; what a server answers fits a frame of Ethernet. */
export const MAX_STUN_SIZE = 1_500;

const MAGIC_COOKIE = 0x2112a442;

const TRANSACTION_ID_OFFSET = 8;

export const BINDING = 0x001;

export const StunClass = { REQUEST: 0x000, INDICATION: 0x010, SUCCESS: 0x100, ERROR: 0x110 } as const;
export type StunClass = typeof StunClass[keyof typeof StunClass];

const Attribute = {
  USERNAME: 0x0006,
  MESSAGE_INTEGRITY: 0x0008,
  MESSAGE_INTEGRITY_SHA256: 0x001c,
  PRIORITY: 0x0024,
  USE_CANDIDATE: 0x0025,
  FINGERPRINT: 0x8028,
  ICE_CONTROLLED: 0x8029,
  ICE_CONTROLLING: 0x802a,
} as const;

/** Sizes of values that have only one. */
const SIZES = new Map<number, number>([
  [Attribute.MESSAGE_INTEGRITY, 20],
  [Attribute.PRIORITY, 4],
  [Attribute.USE_CANDIDATE, 0],
  [Attribute.FINGERPRINT, 4],
  [Attribute.ICE_CONTROLLED, 8],
  [Attribute.ICE_CONTROLLING, 8],
]);

/** A message whose lengths fit; nothing in it has been verified. */
export interface StunMessage {
  /** The datagram it was read from. */
  readonly bytes: Uint8Array;
  readonly method: number;
  readonly class: StunClass;
  /** 96 bits in hexadecimal. */
  readonly transactionId: string;
  readonly username: Uint8Array | undefined;
  readonly hasPriority: boolean;
  readonly useCandidate: boolean;
  /** Where the attribute begins. */
  readonly integrityAt: number | undefined;
  readonly fingerprintAt: number | undefined;
}

/**
 * Reads a datagram that is one STUN message and no more.
 *
 * What is read twice would be read by two readers in two ways, so a message with an attribute of ICE's
 * twice is none, and neither is one with anything behind MESSAGE-INTEGRITY that it does not cover but
 * another integrity and FINGERPRINT (RFC 8489, section 14.5).
 *
 * @returns undefined for anything else; never throws
 */
export function readStun(bytes: Uint8Array): StunMessage | undefined {
  const size = bytes.byteLength;
  if (size < STUN_HEADER_SIZE || size > MAX_STUN_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const type = view.getUint16(0);
  if (type >= 0x4000 || view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  if (size % 4 !== 0 || view.getUint16(2) !== size - STUN_HEADER_SIZE) return undefined;
  const found = new Map<number, number>();
  for (let at = STUN_HEADER_SIZE; at < size;) {
    const attribute = view.getUint16(at);
    const length = view.getUint16(at + 2);
    // At a multiple of 4 of a size that is one too, a header always fits.
    const next = at + 4 + length + (-length & 3);
    if (next > size) return undefined;
    if (!follows(attribute, found)) return undefined;
    if (isIces(attribute)) {
      const expected = SIZES.get(attribute);
      if (found.has(attribute) || (expected !== undefined && length !== expected)) return undefined;
      found.set(attribute, at);
    }
    at = next;
  }
  const usernameAt = found.get(Attribute.USERNAME);
  return {
    bytes,
    // Two bits of the class lie between those of the method.
    method: (type & 0x3e00) >> 2 | (type & 0x00e0) >> 1 | type & 0x000f,
    class: (type & 0x0110) as StunClass,
    transactionId: hexadecimal(bytes.subarray(TRANSACTION_ID_OFFSET, STUN_HEADER_SIZE)),
    username: usernameAt === undefined
      ? undefined
      : bytes.subarray(usernameAt + 4, usernameAt + 4 + view.getUint16(usernameAt + 2)),
    hasPriority: found.has(Attribute.PRIORITY),
    useCandidate: found.has(Attribute.USE_CANDIDATE),
    integrityAt: found.get(Attribute.MESSAGE_INTEGRITY),
    fingerprintAt: found.get(Attribute.FINGERPRINT),
  };
}

/** Whether an attribute may stand behind those found before it. */
function follows(attribute: number, found: ReadonlyMap<number, number>): boolean {
  if (found.has(Attribute.FINGERPRINT)) return false;
  return !found.has(Attribute.MESSAGE_INTEGRITY) || attribute === Attribute.FINGERPRINT ||
    attribute === Attribute.MESSAGE_INTEGRITY_SHA256;
}

function isIces(attribute: number): boolean {
  return attribute === Attribute.USERNAME || SIZES.has(attribute);
}

function hexadecimal(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
  return text;
}
