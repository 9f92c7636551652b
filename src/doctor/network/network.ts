import type { Check, Finding } from "../check.ts";
import { CLOCK, IPV4, IPV6, KEY, port, RELAY } from "../checks.ts";
import type { Endpoint } from "../stun/codec.ts";
import { lookAtFamilies } from "./families.ts";
import { lookAtPort } from "./local_port.ts";
import { type AskedRelay, lookAtKey, lookAtRelay } from "./relay.ts";
import { lookAtServers } from "./ice.ts";
import type { ConfiguredServer } from "./servers.ts";

export interface NetworkOptions {
  /** A relay elsewhere; undefined where the box brings its own. */
  readonly relay: AskedRelay | undefined;
  /** Where its own relay would listen. */
  readonly listen: Endpoint | undefined;
  readonly servers: readonly ConfiguredServer[];
}

/** Looks at everything side by side; each finding is told as soon as it is there. */
export async function lookAtNetwork(
  { relay, listen, servers }: NetworkOptions,
  tell: (check: Check, finding: Finding) => void,
): Promise<void> {
  const interfaces = Deno.networkInterfaces();
  const { ipv4, ipv6 } = lookAtFamilies(interfaces);
  tell(IPV4, ipv4);
  tell(IPV6, ipv6);
  if (listen !== undefined) tell(port(listen), lookAtPort(listen));
  await Promise.all([
    relay && lookAtRelay(relay).then((found) => {
      tell(RELAY, found.relay);
      tell(CLOCK, found.clock);
    }),
    relay && lookAtKey(relay).then((finding) => tell(KEY, finding)),
    servers.length > 0 && lookAtServers(servers, interfaces.map(({ address }) => address), tell),
  ]);
}
