/// <reference lib="dom" />
import { type Family, familyOf, isPrivate } from "./candidate.ts";
import { type CandidatePairEntry, readStats, type Stats } from "./stats.ts";

/** How the bytes travel. */
export interface PathInfo {
  /**
   * `relayed` means through a TURN server, `same-network` that the box was reached at an address of a home
   * network; `unknown` before a pair of addresses is chosen.
   */
  readonly route: "direct" | "relayed" | "same-network" | "unknown";
  /** The last measured round trip, in milliseconds. */
  readonly roundTripMs?: number;
  /** Between this browser, or the TURN server it uses, and the other end. */
  readonly protocol?: "udp" | "tcp";
  /** Between this browser and its TURN server. */
  readonly relayProtocol?: "udp" | "tcp" | "tls";
  /** Whose TURN server it is. */
  readonly relayOf?: "browser" | "box" | "both";
  readonly localType?: string;
  readonly remoteType?: string;
  readonly localFamily?: Family;
  readonly remoteFamily?: Family;
  /** Connectivity checks sent on the pair, and those answered: what is missing was lost, or is under way. */
  readonly checks?: { readonly sent: number; readonly answered: number };
  /** Bytes on the pair, both ways, those of lower layers left out. */
  readonly bytes?: { readonly received: number; readonly sent: number };
}

/** Finds the pair of addresses in use in what `getStats()` reports. */
export function pathInfo(report: Iterable<[string, unknown]>): PathInfo {
  return pathOf(readStats(report));
}

/** As {@link pathInfo}, of a report that has been read. */
export function pathOf(stats: Stats): PathInfo {
  const { pair } = stats;
  if (!pair) return { route: "unknown" };
  const local = stats.candidates.get(pair.localCandidateId ?? "");
  const remote = stats.candidates.get(pair.remoteCandidateId ?? "");
  const localAddress = local?.address ?? local?.ip;
  const remoteAddress = remote?.address ?? remote?.ip;
  const relayOf = relayOwner(local?.candidateType === "relay", remote?.candidateType === "relay");
  return defined({
    route: relayOf
      ? "relayed" as const
      : remote?.candidateType === "host" && isNear(localAddress, remoteAddress)
      ? "same-network" as const
      : "direct" as const,
    roundTripMs: pair.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1000,
    protocol: oneOf(["udp", "tcp"] as const, local?.protocol),
    relayProtocol: oneOf(["udp", "tcp", "tls"] as const, local?.relayProtocol),
    relayOf,
    localType: local?.candidateType,
    remoteType: remote?.candidateType,
    localFamily: familyOf(localAddress),
    // A pair is of one family; a browser may hide its own address behind a name.
    remoteFamily: familyOf(remoteAddress),
    checks: checksOf(pair),
    bytes: pair.bytesReceived === undefined
      ? undefined
      : { received: pair.bytesReceived, sent: pair.bytesSent ?? 0 },
  });
}

function relayOwner(browser: boolean, box: boolean): PathInfo["relayOf"] {
  if (browser) return box ? "both" : "browser";
  return box ? "box" : undefined;
}

/** Whether two ends share a home network, as far as their addresses tell. */
function isNear(local: string | null | undefined, remote: string | null | undefined): boolean {
  if (!remote) return false;
  if (isPrivate(remote)) return true;
  // IPv6 has no private addresses at home; a network is a /64.
  const network = (address: string) => address.split(":").slice(0, 4).join(":");
  return familyOf(remote) === "IPv6" && familyOf(local) === "IPv6" &&
    network(remote) === network(local!);
}

function checksOf({ requestsSent, responsesReceived }: CandidatePairEntry): PathInfo["checks"] {
  if (requestsSent === undefined || responsesReceived === undefined) return undefined;
  return { sent: requestsSent, answered: responsesReceived };
}

function oneOf<const T extends string>(words: readonly T[], word: string | undefined): T | undefined {
  return words.find((known) => known === word?.toLowerCase());
}

type Defined<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
