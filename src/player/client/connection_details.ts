/// <reference lib="dom" />
import { LIBRARY_LABEL } from "../../signal/library_api.ts";
import { type Family, familyOf } from "./candidate.ts";
import { type PathInfo, pathOf } from "./path_info.ts";
import type { CandidateEntry, Stats } from "./stats.ts";

/** Candidates, pairs and channels that are told of, at most of each. */
const MAX_TOLD = 32;

export interface CandidateDetails {
  readonly type: string;
  readonly protocol: string;
  readonly relayProtocol?: string;
  readonly family?: Family;
  /** `192.0.2.1:4711`; absent where the browser hides it. Not for a log. */
  readonly address?: string;
}

export interface PairDetails {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly selected: boolean;
  readonly sent: number;
  readonly answered: number;
}

export interface ChannelDetails {
  /** Never the file's name. */
  readonly kind: "library" | "file";
  readonly state: string;
  readonly bufferedBytes: number;
}

/** What happened on channels that are read elsewhere, in a worker, since the last time. */
export interface ChannelNews {
  /** File bytes that have arrived. */
  readonly received: number;
  /** Files that the box has greeted with their size and name. */
  readonly greeted: number;
  /** Whether bytes are asked for and to come. */
  readonly expects: boolean;
  /** Those that are there now. */
  readonly channels: readonly ChannelDetails[];
}

/** All that is known of a connection, as plain data. */
export interface ConnectionDetails {
  readonly path: PathInfo;
  readonly states: {
    readonly connection: string;
    readonly ice: string;
    readonly gathering: string;
    readonly signalling: string;
    readonly dtls: string;
    readonly sctp: string;
  };
  readonly own: readonly CandidateDetails[];
  readonly box: readonly CandidateDetails[];
  readonly pairs: readonly PairDetails[];
  readonly channels: readonly ChannelDetails[];
}

/** Puts together what the connection, its channels and its statistics say. */
export function detailsOf(
  connection: RTCPeerConnection,
  channels: readonly ChannelDetails[],
  stats: Stats | undefined,
): ConnectionDetails {
  const entries = [...stats?.candidates.values() ?? []];
  const typeOf = (id = "") => stats?.candidates.get(id)?.candidateType ?? "unknown";
  return {
    path: stats ? pathOf(stats) : { route: "unknown" },
    states: {
      connection: connection.connectionState ?? "unknown",
      ice: connection.iceConnectionState,
      gathering: connection.iceGatheringState,
      signalling: connection.signalingState,
      dtls: stats?.dtlsState ?? connection.sctp?.transport?.state ?? "unknown",
      sctp: connection.sctp?.state ?? "unknown",
    },
    own: entries.filter(({ type }) => type === "local-candidate").slice(0, MAX_TOLD).map(candidateDetails),
    box: entries.filter(({ type }) => type === "remote-candidate").slice(0, MAX_TOLD).map(candidateDetails),
    pairs: (stats?.pairs ?? []).slice(0, MAX_TOLD).map((pair) => ({
      local: typeOf(pair.localCandidateId),
      remote: typeOf(pair.remoteCandidateId),
      state: pair.state ?? "unknown",
      selected: pair === stats?.pair,
      sent: pair.requestsSent ?? 0,
      answered: pair.responsesReceived ?? 0,
    })),
    channels: channels.slice(0, MAX_TOLD),
  };
}

/** What is told of a channel. */
export function channelDetails({ label, readyState, bufferedAmount }: RTCDataChannel): ChannelDetails {
  return {
    kind: label === LIBRARY_LABEL ? "library" : "file",
    state: readyState,
    bufferedBytes: bufferedAmount,
  };
}

function candidateDetails(entry: CandidateEntry): CandidateDetails {
  const address = entry.address ?? entry.ip;
  const family = familyOf(address);
  return {
    type: entry.candidateType ?? "unknown",
    protocol: entry.protocol ?? "unknown",
    ...(entry.relayProtocol ? { relayProtocol: entry.relayProtocol } : {}),
    ...(family ? { family } : {}),
    // Names that stand for a hidden address say nothing.
    ...(family
      ? { address: family === "IPv6" ? `[${address}]:${entry.port}` : `${address}:${entry.port}` }
      : {}),
  };
}
