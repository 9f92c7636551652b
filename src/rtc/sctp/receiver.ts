import { ChunkType, DataFlag, SACK_DELAY, STREAMS } from "./constants.ts";
import { chunkSize, type PacketWriter } from "./packet.ts";
import { type Deliver, Reassembly } from "./reassembly.ts";
import { ReceiveLog } from "./receive_log.ts";
import { sackSize, writeSack } from "./sack_chunk.ts";
import { tsnAfter } from "./serial.ts";

/** The receiving half of an association: what has come, what is told of it, and messages put together. */
export class Receiver {
  readonly #log: ReceiveLog;
  readonly #reassembly: Reassembly;
  readonly #window: number;
  /** Packets with data since the last SACK. */
  #unacknowledged = 0;
  #sackAt: number | undefined;
  #sackNow = false;
  #gotData = false;

  constructor(initialTsn: number, window: number, deliver: Deliver) {
    this.#log = new ReceiveLog(initialTsn);
    this.#window = window;
    this.#reassembly = new Reassembly(deliver);
  }

  get cumulativeTsn(): number {
    return this.#log.cumulative;
  }

  get nextTimeout(): number | undefined {
    return this.#sackNow ? -Infinity : this.#sackAt;
  }

  /** A DATA chunk's flags and value (RFC 9260, section 3.3.1). */
  data(flags: number, value: Uint8Array): void {
    // No user data at all is an error of the peer's; the chunk is as good as not there.
    if (value.byteLength <= 12) return;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const tsn = view.getUint32(0);
    this.#gotData = true;
    if (flags & DataFlag.IMMEDIATE) this.#sackNow = true;
    if (!this.#log.isNew(tsn)) {
      this.#sackNow = true;
      return;
    }
    const payload = value.subarray(12);
    const next = tsnAfter(tsn, this.#log.cumulative) && ((tsn - this.#log.cumulative) | 0) === 1;
    // Over the window only the chunk that closes a gap is taken: it lets what is held go.
    if (this.#reassembly.buffered + payload.byteLength > this.#window && !next) return;
    if (this.#reassembly.buffered > 2 * this.#window) return;
    this.#log.add(tsn);
    const streamId = view.getUint16(4);
    if (streamId >= STREAMS) return;
    this.#reassembly.add({
      tsn,
      streamId,
      ssn: view.getUint16(6),
      ppid: view.getUint32(8),
      flags,
      payload,
    });
  }

  /** FORWARD-TSN's value (RFC 3758, section 3.2). */
  forward(value: Uint8Array): void {
    if (value.byteLength < 4) return;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const tsn = view.getUint32(0);
    const streams: { streamId: number; ssn: number }[] = [];
    for (let at = 4; at + 4 <= value.byteLength; at += 4) {
      streams.push({ streamId: view.getUint16(at), ssn: view.getUint16(at + 2) });
    }
    this.#gotData = true;
    this.#sackNow = true;
    if (!tsnAfter(tsn, this.#log.cumulative)) return;
    this.#log.skipTo(tsn);
    this.#reassembly.skip(tsn, streams.filter(({ streamId }) => streamId < STREAMS));
  }

  /** A packet has been read to its end. */
  packetEnded(now: number): void {
    if (!this.#gotData) return;
    this.#gotData = false;
    this.#unacknowledged++;
    if (this.#unacknowledged >= 2 || this.#log.hasGap || this.#log.hasDuplicates) this.#sackNow = true;
    this.#sackAt ??= now + SACK_DELAY;
  }

  resetStream(streamId: number): void {
    this.#reassembly.reset(streamId);
  }

  /** Whether a SACK is due; with other things to send, one that waits goes along. */
  isDue(now: number, inCompany: boolean): boolean {
    if (this.#sackNow) return true;
    return this.#sackAt !== undefined && (inCompany || now >= this.#sackAt);
  }

  /** Adds a SACK to a packet. */
  write(writer: PacketWriter): void {
    const gaps = this.#log.gaps();
    const duplicates = this.#log.takeDuplicates();
    while (chunkSize(sackSize(gaps.length / 2, duplicates.length)) > writer.room && gaps.length > 0) {
      gaps.length -= 2;
    }
    const at = writer.chunk(ChunkType.SACK, 0, sackSize(gaps.length / 2, duplicates.length));
    const window = Math.max(0, this.#window - this.#reassembly.buffered);
    writeSack(writer.view, at, this.#log.cumulative, window, gaps, duplicates);
    this.#unacknowledged = 0;
    this.#sackAt = undefined;
    this.#sackNow = false;
  }
}
