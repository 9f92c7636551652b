import { randomBytes } from "node:crypto";
import type { AeadBackend } from "../../rtc/dtls/record/aead_backend.ts";
import { type BackendPreference, chooseBackend } from "../../rtc/dtls/record/choose_backend.ts";
import { RecordError } from "../../rtc/dtls/record/errors.ts";
import { KEY_SIZE, RECORD_OVERHEAD, SALT_SIZE } from "../../rtc/dtls/record/layout.ts";
import { ContentType } from "../../rtc/dtls/record_header.ts";
import { bad, type Finding, good } from "../check.ts";

/** As the data channel makes them: packets in bytes, so many in one go. */
const PACKET_SIZE = 1_200;
const PACKETS = 32;

/** Rounds of so many milliseconds: the fastest counts, for others use the processor too. */
const ROUNDS = 10;
const ROUND_MS = 20;

/** Whether what `--crypto` names seals rightly, and how fast. */
export function lookAtEncryption(preference: BackendPreference): Finding {
  let backend: AeadBackend;
  try {
    backend = chooseBackend(preference);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return bad("the kernel does not run rightly on this box", "Leave --crypto out: there is another way.");
  }
  const rates = Array.from({ length: ROUNDS }, () => sealFor(backend, ROUND_MS));
  const rate = Math.round(Math.max(...rates) * 8 / 1_000_000);
  const slower = preference === "auto" && backend.name === "node" ? "; the kernel does not run here" : "";
  return good(`right, ${rate} Mbit/s on one processor (${backend.name}${slower})`);
}

/** Seals for so many milliseconds; answers bytes a second. */
function sealFor(backend: AeadBackend, ms: number): number {
  const key = backend.sealingKey(randomBytes(KEY_SIZE), randomBytes(SALT_SIZE));
  const packets = Array.from({ length: PACKETS }, () => randomBytes(PACKET_SIZE));
  const arena = new Uint8Array(PACKETS * (PACKET_SIZE + RECORD_OVERHEAD));
  const began = performance.now();
  let sequence = 0;
  let passed: number;
  do {
    key.seal(ContentType.APPLICATION_DATA, 1, sequence, packets, arena, 0);
    sequence += PACKETS;
    passed = performance.now() - began;
  } while (passed < ms);
  return sequence * PACKET_SIZE * 1_000 / passed;
}
