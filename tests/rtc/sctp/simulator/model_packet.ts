import type { Packet } from "./endpoint.ts";

/** SCTP's common header (12) and the header of one DATA chunk (16). */
export const DATA_HEADERS = 28;

/** Data of the model sender: one chunk, numbered afresh each time it is sent. */
export interface DataPacket extends Packet {
  readonly kind: "data";
  /** Counts transmissions. */
  readonly number: number;
  /** Counts chunks: the same again where it is sent again. */
  readonly chunk: number;
  readonly payload: number;
}

/** What the model receiver has: ranges of packet numbers, newest first, and the chunks. */
export interface AckPacket extends Packet {
  readonly kind: "ack";
  /** Pairs of first and last packet number, both included. */
  readonly ranges: readonly (readonly [number, number])[];
  /** All chunks below this one have come. */
  readonly nextChunk: number;
  /** Bytes the receiver can hold beyond `nextChunk`. */
  readonly window: number;
}

export type ModelPacket = DataPacket | AckPacket;
