import { isIP, SocketAddress } from "node:net";

/**
 * An IP address in its one canonical form, so that it can be compared (RFC 5952 for IPv6).
 *
 * @returns undefined for what is no address, or one that means nothing without its zone
 */
export function canonicalAddress(text: string): string | undefined {
  switch (isIP(text)) {
    case 4:
      return text;
    case 6:
      return text.includes("%") ? undefined : new SocketAddress({ address: text, family: "ipv6" }).address;
    default:
      return undefined;
  }
}

/** Whether two texts are one address. */
export function sameAddress(a: string, b: string): boolean {
  if (a === b) return true;
  const canonical = canonicalAddress(a);
  return canonical !== undefined && canonical === canonicalAddress(b);
}
