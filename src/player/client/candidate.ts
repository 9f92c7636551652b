/** IP address family. */
export type Family = "IPv4" | "IPv6";

/** What a candidate attribute says (RFC 8839, section 5.1). */
export interface ParsedCandidate {
  /** The same only for those that share type, base and protocol (RFC 8445, section 5.1.1.3). */
  readonly foundation: string;
  /** `host`, `srflx`, `prflx` or `relay`. */
  readonly type: string;
  /** `udp` or `tcp`, in small letters. */
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
}

/** Reads `candidate:…`; undefined for what is none. */
export function parseCandidate(text: string): ParsedCandidate | undefined {
  const found = /^(?:a=)?candidate:(\S+) \d+ (\S+) \d+ (\S+) (\d+) typ (host|srflx|prflx|relay)\b/i.exec(
    text,
  );
  if (!found) return undefined;
  const [, foundation, protocol, address, port, type] = found;
  return {
    foundation: foundation!,
    type: type!.toLowerCase(),
    // What is not one of the two is a stranger's word.
    protocol: /^tcp$/i.test(protocol!) ? "tcp" : "udp",
    address: address!,
    port: Number(port),
  };
}

/** The family of an address; undefined for a name, such as the `.local` ones of mDNS, and for nothing. */
export function familyOf(address: string | null | undefined): Family | undefined {
  if (!address) return undefined;
  if (/^\[?[0-9a-f.]*:[0-9a-f:.%\w]*\]?$/i.test(address)) return "IPv6";
  return /^\d+(\.\d+){3}$/.test(address) ? "IPv4" : undefined;
}

/** Whether an address reaches no further than a home: RFC 1918, loopback, link-local, unique local (RFC 4193). */
export function isPrivate(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ||
    /^\[?(::1\]?$|f[cd]|fe[89ab])/i.test(address);
}
