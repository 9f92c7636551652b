import { ContentType, RECORD_HEADER_SIZE } from "../record_header.ts";
import { closeNotify, type Ending, ending } from "./alert.ts";
import { RecordError } from "./errors.ts";
import { readUint16 } from "./layout.ts";
import type { Opener, OpenFailure } from "./opener.ts";
import type { Sealer } from "./sealer.ts";

/** Why a record, or the rest of a datagram, was left out. */
export type Dropped = OpenFailure | "type" | "closed";

/**
 * Application data and alerts of a connection whose handshake is done. There is no renegotiation:
 * handshake records and all other types are left out unread.
 */
export class RecordLayer {
  /** A packet of the peer: a view of the datagram it came in. */
  onpacket: (packet: Uint8Array) => void = () => {};
  /** The peer has ended the connection, authentically. Called once at most; no packet comes after. */
  onend: (how: Ending) => void = () => {};

  readonly #sealer: Sealer;
  readonly #opener: Opener;
  readonly #dropped: Record<Dropped, number> = {
    malformed: 0,
    epoch: 0,
    replayed: 0,
    old: 0,
    forged: 0,
    type: 0,
    closed: 0,
  };
  #ended = false;
  #closed = false;

  constructor(sealer: Sealer, opener: Opener) {
    this.#sealer = sealer;
    this.#opener = opener;
  }

  /** How many records were left out so far, by reason. */
  get dropped(): Readonly<Record<Dropped, number>> {
    return this.#dropped;
  }

  /**
   * Writes a record for each packet; see {@link Sealer.seal}.
   *
   * @returns where the last record ends
   * @throws {RecordError} `closed` after {@link closeNotify}, or as the sealer
   */
  seal(packets: readonly Uint8Array[], arena: Uint8Array, offset = 0): number {
    return this.#sealer.seal(ContentType.APPLICATION_DATA, packets, arena, offset);
  }

  /**
   * The record that tells the peer that nothing more comes (RFC 5246, section 7.2.1), the last one to be
   * sealed; undefined where there was one before or no sequence number is left for it.
   */
  closeNotify(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#closed) return undefined;
    this.#closed = true;
    try {
      return this.#sealer.sealOne(ContentType.ALERT, closeNotify());
    } catch (error) {
      if (error instanceof RecordError) return undefined;
      throw error;
    } finally {
      this.#sealer.close();
    }
  }

  /** Takes a datagram of the peer; its memory is written to. */
  receive(datagram: Uint8Array): void {
    let at = 0;
    while (at < datagram.byteLength) {
      const header = datagram.byteLength - at;
      const end = at + RECORD_HEADER_SIZE +
        (header < RECORD_HEADER_SIZE ? 0 : readUint16(datagram, at + RECORD_HEADER_SIZE - 2));
      if (end > datagram.byteLength) return this.#drop("malformed");
      this.#record(datagram.subarray(at, end));
      at = end;
    }
  }

  #record(record: Uint8Array): void {
    const type = record[0];
    if (type !== ContentType.APPLICATION_DATA && type !== ContentType.ALERT) return this.#drop("type");
    if (this.#ended) return this.#drop("closed");
    const opened = this.#opener.open(record);
    if (typeof opened === "string") return this.#drop(opened);
    if (type === ContentType.APPLICATION_DATA) return this.onpacket(opened);
    const how = ending(opened);
    if (how === undefined) return;
    this.#ended = true;
    this.onend(how);
  }

  #drop(why: Dropped): void {
    this.#dropped[why]++;
  }
}
