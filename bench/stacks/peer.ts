/** The part of a WebRTC stack that a sender or a receiver needs: one connection, one data channel. */
export interface Peer {
  /** Makes the data channel; an offer with all of its candidates. */
  createOffer(label: string): Promise<string>;
  setAnswer(sdp: string): Promise<void>;
  addCandidate(candidate: Candidate): Promise<void>;
  /** An answer with all of its candidates; the data channel is the offerer's. */
  createAnswer(offer: string): Promise<string>;
}

/** An RTCIceCandidateInit (WebRTC 1.0, 4.8.1.1). */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
}

export interface Channel {
  /** Bytes handed over and not yet sent, as the stack counts them. */
  readonly bufferedAmount: number;
  /** The stack may keep `message` until it is sent. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** Resolves when `bufferedAmount`, which is above `threshold` bytes, falls to it. One waits at a time. */
  whenLow(threshold: number): Promise<void>;
}

/** What happens on the data channel. */
export interface ChannelEvents {
  onopen(channel: Channel): void;
  /** A binary message. */
  onmessage(message: Uint8Array): void;
  onclose(): void;
}

export type MakePeer = (events: ChannelEvents) => Peer;
