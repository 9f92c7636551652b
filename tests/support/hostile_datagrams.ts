import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import { seededBytes } from "./seeded.ts";

/** What somebody on the way has seen of a connection. */
export interface Seen {
  /** Its datagrams, STUN and DTLS, as they were. */
  readonly datagrams: readonly Uint8Array[];
  /** USERNAME of the viewer's checks (RFC 8445, section 7.1.1), or "" while it is not known. */
  readonly username: string;
}

type Random = () => number;

/** The largest body of a UDP datagram over IPv4, in bytes. */
const LARGEST = 65_507;

const KINDS: readonly ((random: Random, seen: Seen) => Uint8Array)[] = [
  (random) => seededBytes(random, pick(random, 1_500)),
  () => new Uint8Array(0),
  (random) => seededBytes(random, 1),
  stunWithoutIntegrity,
  stunWithWrongIntegrity,
  stunOfAnyKind,
  dtlsRecord,
  dtlsRecord,
  replayed,
  mutated,
  mutated,
  mutated,
];

/** One in so many is as large as a datagram can be. */
const LARGEST_EVERY = 500;

/** A datagram that a box should take no notice of; seeded. */
export function hostileDatagram(random: Random, seen: Seen): Uint8Array {
  if (pick(random, LARGEST_EVERY) === 0) {
    const bytes = new Uint8Array(LARGEST);
    bytes.set(KINDS[pick(random, KINDS.length)]!(random, seen));
    return bytes;
  }
  return KINDS[pick(random, KINDS.length)]!(random, seen);
}

/** One that was seen, as it was. */
function replayed(random: Random, { datagrams }: Seen): Uint8Array {
  return datagrams[pick(random, datagrams.length)] ?? new Uint8Array(0);
}

/** One that was seen, with bits flipped, bytes written over, cut short or made longer. */
function mutated(random: Random, seen: Seen): Uint8Array {
  const bytes = replayed(random, seen).slice();
  if (bytes.byteLength === 0) return bytes;
  switch (pick(random, 4)) {
    case 0:
      bytes[pick(random, bytes.byteLength)]! ^= 1 << pick(random, 8);
      return bytes;
    case 1:
      // Mostly the head, where the lengths are.
      bytes.set(seededBytes(random, 2), pick(random, Math.min(24, bytes.byteLength - 2)));
      return bytes;
    case 2:
      return bytes.subarray(0, pick(random, bytes.byteLength));
    default:
      return Buffer.concat([bytes, seededBytes(random, 1 + pick(random, 64))]);
  }
}

/** A DTLS record of any type, version and epoch, with lengths that fit or do not. */
function dtlsRecord(random: Random): Uint8Array {
  const body = seededBytes(random, pick(random, 200));
  const record = new Uint8Array(13 + body.byteLength);
  const view = new DataView(record.buffer);
  view.setUint8(0, 20 + pick(random, 44));
  view.setUint16(1, pick(random, 4) === 0 ? pick(random, 65_536) : 0xfefd);
  view.setUint16(3, pick(random, 4));
  view.setUint32(7, pick(random, 2 ** 32));
  view.setUint16(11, pick(random, 4) === 0 ? pick(random, 65_536) : body.byteLength);
  record.set(body, 13);
  return record;
}

function stunWithoutIntegrity(random: Random, { username }: Seen): Uint8Array {
  return stun(random, 0x0001, username, undefined);
}

/** All that a check has but the password. */
function stunWithWrongIntegrity(random: Random, { username }: Seen): Uint8Array {
  return stun(random, 0x0001, username, seededBytes(random, 24));
}

/** Requests, indications and answers of any method. */
function stunOfAnyKind(random: Random, { username }: Seen): Uint8Array {
  const key = pick(random, 2) === 0 ? undefined : seededBytes(random, 24);
  return stun(random, pick(random, 0x4000), pick(random, 2) === 0 ? "" : username, key);
}

/** A message with the attributes of a nominating check, signed with `key` where there is one. */
function stun(random: Random, type: number, username: string, key: Uint8Array | undefined): Uint8Array {
  const attributes = [
    attribute(0x0006, Buffer.from(username)),
    attribute(0x0024, seededBytes(random, 4)),
    // Each side's role: werift takes on the other's where it is told to.
    attribute(0x8029 + pick(random, 2), seededBytes(random, 8)),
    attribute(0x0025, new Uint8Array(0)),
  ];
  const head = Buffer.concat([Buffer.from([0, 0, 0, 0, 0x21, 0x12, 0xa4, 0x42]), seededBytes(random, 12)]);
  head.writeUInt16BE(type, 0);
  let message = Buffer.concat([head, ...attributes]);
  if (key !== undefined) {
    message.writeUInt16BE(message.length - 20 + 24, 2);
    message = Buffer.concat([message, attribute(0x0008, createHmac("sha1", key).update(message).digest())]);
  }
  message.writeUInt16BE(message.length - 20 + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0);
  return Buffer.concat([message, attribute(0x8028, fingerprint)]);
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + value.byteLength + (-value.byteLength & 3));
  new DataView(bytes.buffer).setUint32(0, type * 65_536 + value.byteLength);
  bytes.set(value, 4);
  return bytes;
}

function pick(random: Random, count: number): number {
  return Math.floor(random() * count);
}
