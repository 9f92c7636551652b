import "../quiet_env.ts";
import { Buffer } from "node:buffer";
import { Event, type RTCIceTransport } from "werift";
import type { Ice } from "../ice/ice.ts";
import { FlightRepeater, type WriteKeys } from "./flight_repeater.ts";
import { HandshakeGate } from "./handshake_gate.ts";
import { RECORD_OVERHEAD } from "./record/layout.ts";
import type { AeadBackend } from "./record/aead_backend.ts";
import type { RecordLayer } from "./record/record_layer.ts";
import { takeOver } from "./record/takeover.ts";
import { RecordArenas } from "./record_arenas.ts";
import { SequenceGuard } from "./sequence_guard.ts";

/** 32 full packets: as many as are handed down at a time. */
const ARENA_SIZE = 32 * 1_500;

export interface DtlsLinkEvents {
  /** The keys that Finished was sealed with. */
  readonly writeKeys: () => WriteKeys | undefined;
  /** The peer's key is not its certificate's. */
  onforged(): void;
  /** Finished has been sealed under this sequence number, or again; those after it must be higher. */
  onfinished(sequence: number): void;
  /** A sequence number would have been used twice; the record was not sent. */
  onreuse(): void;
}

/**
 * What lies between ICE and werift's DTLS: its handshake passes a {@link HandshakeGate}, its records a
 * {@link SequenceGuard}, and once it is done the keys are taken over and it hears no more.
 */
export class DtlsLink {
  /** The part of an ICE transport that werift's DTLS uses. */
  readonly transport: RTCIceTransport;
  readonly #ice: Ice;
  readonly #arenas = new RecordArenas(ARENA_SIZE);
  #records: RecordLayer | undefined;

  constructor(ice: Ice, events: DtlsLinkEvents) {
    this.#ice = ice;
    const onData = new Event<[Buffer]>();
    const gate = new HandshakeGate(
      (datagram) => onData.execute(Buffer.from(datagram.buffer)),
      events.onforged,
    );
    ice.ondatagram = (buffer) => {
      // Not a Buffer any more: its slice() would share the memory that the next datagram is received into.
      const datagram = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      if (this.#records === undefined) gate.received(datagram);
      else this.#records.receive(datagram);
    };
    const guard = new SequenceGuard();
    const repeater = new FlightRepeater(events.writeKeys);
    const connection = {
      onData,
      send: (sent: Buffer): Promise<void> => {
        // The keys have another owner.
        if (this.#records !== undefined) return Promise.resolve();
        const datagram = repeater.renew(sent);
        const before = guard.finished;
        if (!guard.allows(datagram)) {
          events.onreuse();
          return Promise.resolve();
        }
        if (before !== guard.finished) events.onfinished(guard.finished!);
        gate.sent(datagram);
        return ice.send(datagram);
      },
      close: () => ice.stop(),
    };
    this.transport = { connection, role: "controlled", stop: () => ice.stop() } as unknown as RTCIceTransport;
  }

  /**
   * Takes the connected session's keys; from now on {@link send} seals and the records' `onpacket` opens.
   *
   * @param socket `RTCDtlsTransport.dtls`, its peer's certificate verified
   * @returns undefined where the session is of a kind that werift must go on with itself
   */
  takeOver(socket: unknown, backend: AeadBackend): RecordLayer | undefined {
    return this.#records = takeOver(socket, backend);
  }

  /**
   * Sends packets as records, one datagram each; `sent` is called for each that has gone. After
   * {@link takeOver} only.
   *
   * @throws {RecordError} once the connection is closed or its sequence numbers are used up
   */
  send(packets: readonly Uint8Array[], sent: () => void): void {
    let size = 0;
    for (const { byteLength } of packets) size += RECORD_OVERHEAD + byteLength;
    const arena = this.#arenas.take(size);
    this.#records!.seal(packets, arena);
    let waiting = packets.length;
    const gone = () => {
      if (--waiting === 0) this.#arenas.release(arena);
      sent();
    };
    let at = 0;
    for (const { byteLength } of packets) {
      const end = at + RECORD_OVERHEAD + byteLength;
      this.#ice.send(arena.subarray(at, end)).then(gone, gone);
      at = end;
    }
  }

  /** Tells the peer that nothing more comes. */
  async closeNotify(): Promise<void> {
    const record = this.#records?.closeNotify();
    if (record !== undefined) await this.#ice.send(record);
  }
}
