import { createHash } from "node:crypto";

/**
 * How many keys are remembered after their sealer's end. A handshake never makes the same key again, so
 * this is against faults of this program, which come soon or not at all; and memory has a bound.
 */
const MAX_RETIRED = 16_384;

/** Keys that have a sealer, and those that had one, oldest first. Hashes, so that no key outlives its use. */
const owned = new Set<string>();
const retired = new Set<string>();

/**
 * The right to seal under a key. There is one for each key in the process, ever: a second sealer would
 * count from its own number and use nonces again, which breaks AES-GCM.
 */
export class KeyOwnership {
  readonly #fingerprint: string;

  private constructor(fingerprint: string) {
    this.#fingerprint = fingerprint;
  }

  /** Claims a key; undefined where it has been claimed before. */
  static claim(key: Uint8Array): KeyOwnership | undefined {
    const fingerprint = createHash("sha256").update(key).digest("base64");
    if (owned.has(fingerprint) || retired.has(fingerprint)) return undefined;
    owned.add(fingerprint);
    return new KeyOwnership(fingerprint);
  }

  /** The sealer seals no more. The key stays taken. */
  retire(): void {
    if (!owned.delete(this.#fingerprint)) return;
    retired.add(this.#fingerprint);
    if (retired.size > MAX_RETIRED) retired.delete(retired.values().next().value!);
  }
}
