/**
 * - `key-in-use`: the key has, or has had, another sealer in this process.
 * - `sequence-exhausted`: the 48-bit sequence numbers of the epoch are used up; only a new handshake helps.
 * - `arena-too-small`: the records do not fit where they should go; nothing was sealed.
 * - `packet-too-long`: a packet is longer than a record can be; nothing was sealed.
 * - `closed`: close_notify has been sealed, or the connection is over.
 * - `taken-over`: somebody used the handshake's own sender after its key had gone to a {@link Sealer}.
 * - `kernel-unavailable`: the kernel was asked for by name, and does not work here.
 */
export type RecordErrorType =
  | "key-in-use"
  | "sequence-exhausted"
  | "arena-too-small"
  | "packet-too-long"
  | "closed"
  | "taken-over"
  | "kernel-unavailable";

/** A fault on this side. What a peer sends never throws. */
export class RecordError extends Error {
  override readonly name = "RecordError";
  readonly type: RecordErrorType;

  constructor(type: RecordErrorType, message: string) {
    super(message);
    this.type = type;
  }
}
