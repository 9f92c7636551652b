import type { Candidate } from "../stacks/peer.ts";
import type { Arrival, Ask, Seek, SeekArrival } from "./file_receiver.ts";

/** Longer than any step before the connection is made takes, in milliseconds. */
export const CONNECT_MS = 30_000;

/** A connection that has not opened by then will not, in milliseconds. */
export const OPEN_MS = 10_000;

/** A viewer that makes the offer and reads ranges, where the bytes arrive and by that place's clock. */
export interface Receiver extends AsyncDisposable {
  /** SDP with one data channel and all of its candidates. */
  offer(): Promise<string>;
  setAnswer(sdp: string): Promise<void>;
  addCandidate(candidate: Candidate): Promise<void>;
  /** Resolves when HELLO has come. */
  opened(): Promise<void>;
  /** Asks for a range and takes it to its end. */
  read(ask: Ask, ms: number): Promise<Arrival>;
  /** Asks for a range, and leaves it for another each time that `load` bytes have come. */
  seek(first: Ask, seeks: readonly Seek[], load: number, ms: number): Promise<SeekArrival[]>;
}

/** A way to receive, as it is named in the results. */
export interface ReceiverKind {
  readonly name: string;
  /** @throws {Unavailable} where this machine cannot run it */
  start(): Promise<Receiver>;
}
