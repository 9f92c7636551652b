import "../quiet_env.ts";
import { Buffer } from "node:buffer";
import { Event, type RTCIceTransport } from "werift";
import { HandshakeGate } from "./handshake_gate.ts";
import { SequenceGuard } from "./sequence_guard.ts";

export interface GateEvents {
  /** The peer's key is not its certificate's. */
  onforged(): void;
  /** Finished has been sealed under this sequence number; those after it must be higher. */
  onfinished(sequence: number): void;
  /** A sequence number would have been used twice; the record was not sent. */
  onreuse(): void;
}

/** The part of an ICE transport that werift's DTLS uses, guarded both ways. */
export function gated(ice: RTCIceTransport, events: GateEvents): RTCIceTransport {
  const onData = new Event<[Buffer]>();
  const gate = new HandshakeGate(
    (datagram) => onData.execute(Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength)),
    events.onforged,
  );
  const guard = new SequenceGuard();
  ice.connection.onData.subscribe((datagram) => gate.received(datagram));
  const connection = {
    onData,
    send: (datagram: Buffer): Promise<void> => {
      const before = guard.finished;
      if (!guard.allows(datagram)) {
        events.onreuse();
        return Promise.resolve();
      }
      if (before === undefined && guard.finished !== undefined) events.onfinished(guard.finished);
      gate.sent(datagram);
      return ice.connection.send(datagram);
    },
    close: () => ice.connection.close(),
  };
  return { connection, role: ice.role, stop: () => ice.stop() } as unknown as RTCIceTransport;
}
