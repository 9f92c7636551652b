import { randomBytes } from "node:crypto";
import { ContentType } from "../record_header.ts";
import type { AeadBackend } from "./aead_backend.ts";
import { kernelBackend } from "./kernel_backend.ts";
import { KEY_SIZE, RECORD_OVERHEAD, SALT_SIZE, TAG_SIZE } from "./layout.ts";
import { nodeBackend } from "./node_backend.ts";

/** Around the ends of blocks and of the kernel's steps of four, as short as a SACK, as long as a packet. */
const LENGTHS = [0, 1, 16, 17, 33, 48, 80, 1_200];

/** Lets the lower 32 bits of the sequence number overflow within the packets. */
const SEQUENCE = 2 ** 32 - 4;

/** A key everybody knows, so that a fault shows on every start or on none; the other is random. */
const FIXED_KEY = Uint8Array.from({ length: KEY_SIZE }, (_, index) => index * 17);

const EPOCH = 1;

/**
 * Compares a backend with `node:crypto`: what it seals, what it opens, that it refuses a forged tag. Takes
 * some milliseconds on a start, most of them for compiling, and touches no key in use.
 */
export function selfCheck(backend: AeadBackend = kernelBackend): boolean {
  try {
    return agrees(backend, FIXED_KEY) && agrees(backend, new Uint8Array(randomBytes(KEY_SIZE)));
  } catch {
    return false;
  }
}

function agrees(backend: AeadBackend, key: Uint8Array): boolean {
  const salt = key.subarray(0, SALT_SIZE);
  const packets = LENGTHS.map((length) => new Uint8Array(randomBytes(length)));
  const size = packets.reduce((sum, packet) => sum + RECORD_OVERHEAD + packet.byteLength, 0);
  const [expected, sealed] = [nodeBackend, backend].map((each) => {
    const arena = new Uint8Array(size);
    each.sealingKey(key, salt).seal(ContentType.APPLICATION_DATA, EPOCH, SEQUENCE, packets, arena, 0);
    return arena;
  }) as [Uint8Array, Uint8Array];
  if (!isSame(sealed, expected)) return false;
  const opening = backend.openingKey(key, salt);
  let at = 0;
  for (const packet of packets) {
    const record = expected.subarray(at, at += RECORD_OVERHEAD + packet.byteLength);
    const forged = record.slice();
    forged[forged.byteLength - 1]! ^= 1;
    if (opening.open(forged) || !opening.open(record)) return false;
    const text = record.subarray(record.byteLength - TAG_SIZE - packet.byteLength);
    if (!isSame(text.subarray(0, packet.byteLength), packet)) return false;
  }
  return true;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
