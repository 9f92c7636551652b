/// <reference lib="dom" />

/** How the bytes travel. */
export interface PathInfo {
  /** `relayed` means through a TURN server; `unknown` before a pair of addresses is chosen. */
  readonly route: "direct" | "relayed" | "unknown";
  /** The last measured round trip, in milliseconds. */
  readonly roundTripMs?: number;
}

/** The fields of RTCStats entries that are read; which are present differs between engines. */
interface StatsEntry {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly state?: string;
  readonly nominated?: boolean;
  /** Firefox, in place of the transport's `selectedCandidatePairId`. */
  readonly selected?: boolean;
  /** Seconds. */
  readonly currentRoundTripTime?: number;
}

/** Finds the pair of addresses in use in what `getStats()` reports. */
export function pathInfo(report: Iterable<[string, unknown]>): PathInfo {
  const entries = new Map(report as Iterable<[string, StatsEntry]>);
  const pair = selectedPair(entries);
  if (!pair) return { route: "unknown" };
  const types = [pair.localCandidateId, pair.remoteCandidateId]
    .map((id) => id === undefined ? undefined : entries.get(id)?.candidateType);
  const seconds = pair.currentRoundTripTime;
  return {
    route: types.includes("relay") ? "relayed" : "direct",
    ...(seconds === undefined ? {} : { roundTripMs: seconds * 1000 }),
  };
}

function selectedPair(entries: Map<string, StatsEntry>): StatsEntry | undefined {
  let fallback: StatsEntry | undefined;
  for (const entry of entries.values()) {
    if (entry.type === "transport" && entry.selectedCandidatePairId !== undefined) {
      const pair = entries.get(entry.selectedCandidatePairId);
      if (pair) return pair;
    }
    if (entry.type !== "candidate-pair") continue;
    if (entry.selected) return entry;
    if (entry.nominated && entry.state === "succeeded") fallback ??= entry;
  }
  return fallback;
}
