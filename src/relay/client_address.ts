/** Whose request it is, by address: the socket's, or what a reverse proxy that is trusted says of it. */
import { BlockList, isIP } from "node:net";

/**
 * So much of the right end of `X-Forwarded-For` or `Forwarded` is read: characters, and hops. What is left of it is
 * not a reason to disregard the rest: a client that writes much would be limited by no address.
 */
const MAX_READ = 1_024;
const MAX_HOPS = 32;

/** Addresses that many may share without an operator's saying: loopback, private (RFC 1918, RFC 4193), link-local. */
const LOCAL = blockList([
  ...["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
  ...["::1/128", "fc00::/7", "fe80::/10"],
]);

/**
 * Reverse proxies whose word is taken, and what they say.
 *
 * Each proxy puts the address it was called from at the right end of the header, so the right-most address that is
 * no trusted proxy is the client's, and whatever stands left of it is the client's own invention.
 */
export class ClientAddresses {
  readonly #trusted: BlockList;

  /** @param trusted addresses and networks (`10.0.0.0/8`); @throws TypeError for one that is none */
  constructor(trusted: readonly string[]) {
    this.#trusted = blockList(trusted);
  }

  /**
   * The address by which a request may be limited: canonical, without port and zone. Undefined where there is none
   * to tell clients apart by: the socket's is not known, or local and so perhaps that of a proxy that many share.
   *
   * @param peer the socket's address
   */
  of(peer: string | undefined, headers: Headers): string | undefined {
    const socket = peer === undefined ? undefined : canonicalAddress(peer);
    if (socket === undefined) return undefined;
    const told = this.#isTrusted(socket) ? this.#told(headers) : undefined;
    return told ?? (contains(LOCAL, socket) ? undefined : socket);
  }

  /** What the header says; undefined where there is none, or one that is malformed as far as it is read. */
  #told(headers: Headers): string | undefined {
    // A proxy writes one of the two, and lets through what the client wrote in the other.
    const forwardedFor = headers.get("X-Forwarded-For");
    const header = forwardedFor ?? headers.get("Forwarded");
    if (header === null) return undefined;
    const hops = header.slice(-MAX_READ).split(",");
    // The first of what is read may be half a hop.
    if (header.length > MAX_READ) hops.shift();
    let client: string | undefined;
    for (const hop of hops.slice(-MAX_HOPS).reverse()) {
      client = addressOfHop(forwardedFor === null ? forParameter(hop) : hop);
      if (client === undefined || !this.#isTrusted(client)) break;
    }
    return client;
  }

  #isTrusted(address: string): boolean {
    return contains(this.#trusted, address);
  }
}

/** The canonical text of an address, an IPv4-mapped one as IPv4; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = text.replace(/%.*$/s, "");
  const family = isIP(address);
  if (family === 4) return address;
  if (family !== 6) return undefined;
  const canonical = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical ?? "");
  if (mapped === null) return canonical;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The `for` of one hop of `Forwarded` (RFC 7239, section 4), without its quotes. */
function forParameter(hop: string): string {
  const value = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)\s*(?:;|$)/i.exec(hop)?.[1] ?? "";
  return value.replace(/^"(.*)"$/s, "$1");
}

/** An address alone, or with a port; IPv6 with a port, or in `Forwarded`, is in brackets (RFC 7239, section 6). */
function addressOfHop(hop: string): string | undefined {
  const text = hop.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withPort = /^(\d[\d.]*):\d{1,5}$/.exec(text)?.[1];
  return canonicalAddress(bracketed ?? withPort ?? text);
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [text = "", length] = network.split("/");
    const address = canonicalAddress(text);
    const bits = address?.includes(":") ? 128 : 32;
    const prefix = length === undefined ? bits : Number(length);
    if (address === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) {
      throw new TypeError("A trusted proxy is an address, or a network like 10.0.0.0/8.");
    }
    list.addSubnet(address, prefix, bits === 128 ? "ipv6" : "ipv4");
  }
  return list;
}
