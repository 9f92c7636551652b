import { Buffer } from "node:buffer";
import { DenoUdp } from "../udp/deno_udp.ts";
import type { WeriftPair } from "./werift_connection.ts";

/** How datagrams go over a pair. */
export interface Route {
  readonly pair: WeriftPair;
  /** Resolves when the datagram has gone; its bytes are in use until then. */
  readonly send: (datagram: Uint8Array) => Promise<void>;
}

/** By the pair's own socket where it is one of {@link DenoUdp}, else by way of werift, as to a relay. */
export function routeOf(pair: WeriftPair): Route {
  const { protocol, remoteAddr } = pair;
  const { transport } = protocol;
  if (protocol.type === "stun" && transport instanceof DenoUdp) {
    const address: Deno.NetAddr = { transport: "udp", hostname: remoteAddr[0], port: remoteAddr[1] };
    return { pair, send: (datagram) => transport.sendTo(datagram, address) };
  }
  return {
    pair,
    send: ({ buffer, byteOffset, byteLength }) =>
      protocol.sendData(Buffer.from(buffer, byteOffset, byteLength), remoteAddr),
  };
}
