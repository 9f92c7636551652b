import { kernelBackend } from "../../../../src/rtc/dtls/record/kernel_backend.ts";
import { nodeBackend } from "../../../../src/rtc/dtls/record/node_backend.ts";
import { RECORD_OVERHEAD } from "../../../../src/rtc/dtls/record/layout.ts";
import type { RecordLayer } from "../../../../src/rtc/dtls/record/record_layer.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";

export const BACKENDS = [nodeBackend, kernelBackend];

const random = seeded(0x6b657973);

/** A key and a salt nobody else has: a key may have one sealer only in the process. */
export function freshKey(): { key: Uint8Array<ArrayBuffer>; salt: Uint8Array<ArrayBuffer> } {
  return { key: seededBytes(random, 16), salt: seededBytes(random, 4) };
}

/** One packet as a record in memory of its own. */
export function sealOne(layer: RecordLayer, packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(RECORD_OVERHEAD + packet.byteLength);
  layer.seal([packet], record);
  return record;
}
