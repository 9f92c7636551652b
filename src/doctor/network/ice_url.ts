/** A STUN or TURN server, as its URL names it (RFC 7064, RFC 7065). */
export interface IceUrl {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** What the box speaks to it. */
  readonly transport: "udp" | "tcp" | "tls";
}

const URL = /^(stuns?|turns?):(?:\[([^\]]+)\]|([^:?\s]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

const PORT = 3_478;
const TLS_PORT = 5_349;

/** Reads the URL of an ICE server; undefined where it is none. */
export function readIceUrl(url: string): IceUrl | undefined {
  const match = URL.exec(url);
  if (match === null) return undefined;
  const [, scheme, address, name, port, transport] = match;
  const kind = scheme!.toLowerCase() as IceUrl["scheme"];
  const secure = kind.endsWith("s");
  return {
    scheme: kind,
    host: (address ?? name)!,
    port: port === undefined ? (secure ? TLS_PORT : PORT) : Number(port),
    transport: secure ? "tls" : (transport?.toLowerCase() ?? "udp") as "udp" | "tcp",
  };
}
