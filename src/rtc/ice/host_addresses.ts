/** One address of an interface, as `Deno.networkInterfaces` gives it. */
export type InterfaceAddress = Pick<Deno.NetworkInterfaceInfo, "address" | "family" | "name">;

/** So many host candidates are enough for any box. */
const MAX_ADDRESSES = 16;

/**
 * The addresses to offer as host candidates, best first.
 *
 * Loopback is among them, last: a viewer on the same machine may have no other way, and for any other
 * it is one more pair that fails. Link-local IPv6 needs a scope and is left out, as are the IPv4 ones
 * that stand for "no address could be had".
 */
export function hostAddresses(
  interfaces: readonly InterfaceAddress[] = Deno.networkInterfaces(),
): string[] {
  const usable = interfaces.filter(({ address }) =>
    !/^fe[89ab]/i.test(address) && !address.startsWith("169.254.") && address !== "::1"
  );
  const addresses = new Set(
    [...usable].sort((a, b) => rank(a) - rank(b)).map(({ address }) => address),
  );
  const loopback = addresses.delete("127.0.0.1");
  return [...[...addresses].slice(0, MAX_ADDRESSES), ...(loopback ? ["127.0.0.1"] : [])];
}

function rank({ address, family }: InterfaceAddress): number {
  if (address.startsWith("127.")) return 2;
  return family === "IPv4" ? 0 : 1;
}
