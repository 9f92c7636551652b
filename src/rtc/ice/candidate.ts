import "../quiet_env.ts";
import { IceCandidate } from "werift";
import { canonicalAddress } from "./address.ts";

/** An RTCIceCandidateInit, as it travels. */
export interface CandidateInit {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** The longest candidate that is read, in UTF-16 code units. */
const MAX_CANDIDATE_LENGTH = 1_024;

/**
 * Reads a candidate (RFC 8839, section 5.1), with or without `a=`.
 *
 * @returns undefined for what cannot be used: not a candidate, not UDP, or a name instead of an address.
 *   Names ending in `.local` are not resolved: this side's addresses are in its own candidates, so a
 *   viewer that hides its address reaches the box first and is learnt as peer reflexive.
 */
export function parseCandidate(init: CandidateInit): IceCandidate | undefined {
  if (init.candidate.length > MAX_CANDIDATE_LENGTH) return undefined;
  const candidate = IceCandidate.fromJSON({
    candidate: init.candidate.replace(/^a=/, "").trim(),
    sdpMid: init.sdpMid ?? null,
    sdpMLineIndex: init.sdpMLineIndex ?? null,
  });
  if (candidate === undefined) return undefined;
  const address = canonicalAddress(candidate.ip);
  const usable = candidate.protocol?.toLowerCase() === "udp" &&
    address !== undefined &&
    Number.isInteger(candidate.port) && candidate.port > 0 && candidate.port < 65_536 &&
    candidate.component === 1;
  if (!usable) return undefined;
  // As the socket will write it: werift compares texts.
  candidate.ip = address;
  // A sender counts its restarts as it likes; what belongs to which is told by the user name fragment.
  delete candidate.generation;
  return candidate;
}
