/// <reference lib="dom" />
/** The part of a W3C stats report (webrtc-stats) that tells of a connection; fields differ between engines. */

export interface CandidateEntry {
  readonly id: string;
  readonly type: "local-candidate" | "remote-candidate";
  readonly candidateType?: string;
  readonly protocol?: string;
  /** Between a browser and its TURN server. */
  readonly relayProtocol?: string;
  /** Absent or null where the browser hides it. */
  readonly address?: string | null;
  /** An older name of `address`. */
  readonly ip?: string | null;
  readonly port?: number;
}

export interface CandidatePairEntry {
  readonly id: string;
  readonly type: "candidate-pair";
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly state?: string;
  readonly nominated?: boolean;
  /** Firefox, in place of the transport's `selectedCandidatePairId`. */
  readonly selected?: boolean;
  /** Seconds. */
  readonly currentRoundTripTime?: number;
  readonly requestsSent?: number;
  readonly responsesReceived?: number;
  readonly requestsReceived?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
}

interface TransportEntry {
  readonly id: string;
  readonly type: "transport";
  readonly selectedCandidatePairId?: string;
  readonly dtlsState?: string;
}

/** A report, taken apart. */
export interface Stats {
  readonly candidates: ReadonlyMap<string, CandidateEntry>;
  readonly pairs: readonly CandidatePairEntry[];
  /** The one in use. */
  readonly pair: CandidatePairEntry | undefined;
  readonly dtlsState: string | undefined;
}

/** Takes what `getStats()` reports apart. */
export function readStats(report: Iterable<[string, unknown]>): Stats {
  const candidates = new Map<string, CandidateEntry>();
  const pairs: CandidatePairEntry[] = [];
  let transport: TransportEntry | undefined;
  for (const [, value] of report) {
    const entry = value as CandidateEntry | CandidatePairEntry | TransportEntry;
    if (entry.type === "local-candidate" || entry.type === "remote-candidate") {
      candidates.set(entry.id, entry);
    } else if (entry.type === "candidate-pair") pairs.push(entry);
    else if (entry.type === "transport") transport ??= entry;
  }
  const pair = pairs.find(({ id }) => id === transport?.selectedCandidatePairId) ??
    pairs.find(({ selected }) => selected) ??
    pairs.find(({ nominated, state }) => nominated && state === "succeeded");
  return { candidates, pairs, pair, dtlsState: transport?.dtlsState };
}
