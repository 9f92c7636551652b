import "../quiet_env.ts";
import "../udp/install.ts";
import { parseIceServers, RTCIceGatherer } from "werift";

/** An RTCIceServer. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

type FilterCandidatePair = NonNullable<
  NonNullable<ConstructorParameters<typeof RTCIceGatherer>[0]>["filterCandidatePair"]
>;

/**
 * A gatherer that offers these addresses and asks these servers, and no others.
 *
 * @param allowsPair is asked before a pair is made of two candidates
 */
export function makeGatherer(
  iceServers: readonly IceServer[],
  addresses: readonly string[],
  allowsPair: FilterCandidatePair,
): RTCIceGatherer {
  const servers = iceServers.map((server) => ({ ...server, urls: [server.urls].flat() as string[] }));
  const gatherer = new RTCIceGatherer({
    ...parseIceServers(servers as Parameters<typeof parseIceServers>[0]),
    // The addresses are this side's choice: werift leaves out loopback and whole kinds of interface.
    useIpv4: false,
    useIpv6: false,
    additionalHostAddresses: [...addresses],
    filterCandidatePair: allowsPair,
  });
  // Without a configured server werift would ask one of its own choice on the public internet.
  if (!servers.some(({ urls }) => urls.some((url) => /^stuns?:/i.test(url)))) {
    delete gatherer.connection.stunServer;
  }
  return gatherer;
}
