import "../quiet_env.ts";
import { Buffer } from "node:buffer";
import { Event, type RTCIceTransport } from "werift";
import { HandshakeGate } from "./handshake_gate.ts";

/** The part of an ICE transport that werift's DTLS uses, with a {@link HandshakeGate} in the way in. */
export function gated(ice: RTCIceTransport, onforged: () => void): RTCIceTransport {
  const onData = new Event<[Buffer]>();
  const gate = new HandshakeGate(
    (datagram) => onData.execute(Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength)),
    onforged,
  );
  ice.connection.onData.subscribe((datagram) => gate.received(datagram));
  const connection = {
    onData,
    send: (datagram: Buffer) => {
      gate.sent(datagram);
      return ice.connection.send(datagram);
    },
    close: () => ice.connection.close(),
  };
  return { connection, role: ice.role, stop: () => ice.stop() } as unknown as RTCIceTransport;
}
