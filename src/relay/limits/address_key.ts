/** Addresses as the limits know them: no address is kept, logged or handed to another machine. */
import { createHash, createHmac } from "node:crypto";

/**
 * Names addresses by a keyed hash. The key comes of the tokens, which all relays that share a store have in common:
 * they name an address alike, and nobody who sees the store can try all addresses without it.
 */
export class AddressKeys {
  readonly #key: Uint8Array;

  constructor(tokens: readonly string[]) {
    const hash = createHash("sha256").update("unarr-stream address key");
    for (const token of [...tokens].sort()) hash.update("\0").update(token);
    this.#key = hash.digest();
  }

  /** 96 bits for an IPv4 address, or for the /64 network of an IPv6 one, which one household has to itself. */
  of(address: string): string {
    return createHmac("sha256", this.#key).update(networkOf(address)).digest().subarray(0, 12)
      .toString("base64url");
  }
}

/** An IPv4 address as it is; of an IPv6 one in canonical form the first 64 bits, as text. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  if (tail !== undefined) groups.push(...Array<string>(8 - groups.length - rest.length).fill("0"), ...rest);
  return `${groups.slice(0, 4).join(":")}::/64`;
}
