/** Puts {@link DenoUdp} where werift makes its sockets. Imported for its effect, before any is made. */
import "../quiet_env.ts";
import { UdpTransport } from "werift";
import { DenoUdp } from "./deno_udp.ts";

interface InitOptions {
  readonly portRange?: readonly [number, number];
  readonly port?: number;
  readonly interfaceAddresses?: Readonly<Record<string, string>>;
}

// Without the unstable API werift's own, on node:dgram, does.
if (typeof Deno.listenDatagram === "function") {
  const init = (type: "udp4" | "udp6", options: InitOptions = {}): Promise<DenoUdp> => {
    const family = type === "udp6" ? 6 : 4;
    return Promise.resolve(DenoUdp.open(family, options.port ?? 0, options.interfaceAddresses?.[type]));
  };
  (UdpTransport as unknown as { init: typeof init }).init = init;
}
