import { ContentType } from "./record_header.ts";

/**
 * Watches that no two records of this side are sealed under one sequence number: AES-GCM's nonce is made
 * of it, and a nonce used twice gives away what the two records hold and the key that authenticates.
 *
 * werift counts Finished, the first record under the keys, on from the plaintext ones, and what follows
 * from 1 again; so the number of Finished would come a second time. The guard says where to go on.
 */
export class SequenceGuard {
  #finished: number | undefined;
  #last = -1;
  /** Application data has been sent. */
  #over = false;

  /** Sequence number of Finished, or of its latest repetition, once it has gone out. */
  get finished(): number | undefined {
    return this.#finished;
  }

  /**
   * Whether a datagram may be sent. Its first record decides: under the keys werift sends one in each.
   *
   * A repeated Finished has a new number, or else is the same record again, which is harmless.
   */
  allows(datagram: Uint8Array): boolean {
    const epoch = (datagram[3]! << 8) | datagram[4]!;
    if (epoch === 0) return true;
    const sequence = u48(datagram, 5);
    if (datagram[0] === ContentType.HANDSHAKE) {
      if (this.#over) return false;
      if (sequence === this.#finished) return true;
      if (sequence <= this.#last) return false;
      this.#finished = sequence;
    } else {
      if (sequence <= this.#last) return false;
      this.#over = true;
    }
    this.#last = sequence;
    return true;
  }
}

function u48(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}
