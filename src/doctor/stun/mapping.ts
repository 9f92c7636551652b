import { sameAddress } from "../../rtc/ice/address.ts";
import type { Endpoint } from "./codec.ts";

/** One server's answer to a socket: who was asked, and what the socket's address looked like from there. */
export interface Observation {
  readonly server: Endpoint;
  readonly mapped: Endpoint;
}

/**
 * How a NAT maps one socket's address (RFC 4787, section 4.1): `open` where there is none, `independent` of
 * who is talked to, `dependent` on it (address-dependent or address-and-port-dependent: to a peer elsewhere
 * both come to the same); undefined where the answers do not tell.
 */
export type Mapping = "open" | "independent" | "dependent" | undefined;

/**
 * What the answers to one socket tell (RFC 5780, section 4.3).
 *
 * @param local the socket's port, and the machine's own addresses
 */
export function mappingOf(
  observations: readonly Observation[],
  local: { readonly port: number; readonly addresses: readonly string[] },
): Mapping {
  const [first, ...others] = observations;
  if (first === undefined) return undefined;
  if (others.some(({ mapped }) => !isSame(mapped, first.mapped))) return "dependent";
  const { hostname, port } = first.mapped;
  if (port === local.port && local.addresses.some((own) => sameAddress(own, hostname))) return "open";
  const asked = others.some(({ server }) => !sameAddress(server.hostname, first.server.hostname));
  return asked ? "independent" : undefined;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && sameAddress(a.hostname, b.hostname);
}
