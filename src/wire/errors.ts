/** Why a message is not a frame; the tests are made in this order and the first failure decides. */
export type WireErrorKind =
  | "not-binary"
  | "short-header"
  | "oversized"
  | "length-mismatch"
  | "unknown-type"
  | "bad-payload";

/**
 * The one error that decoding throws.
 *
 * `streamId` and `frameType` are set only where the header can be trusted: for `unknown-type` and
 * `bad-payload`. A RANGE_REQ whose payload has the wrong size can so be answered on its own stream.
 */
export class WireError extends Error {
  override readonly name = "WireError";

  constructor(
    readonly kind: WireErrorKind,
    message: string,
    /** Size of the offending message in bytes. */
    readonly size: number,
    readonly frameType?: number,
    readonly streamId?: number,
  ) {
    super(message);
  }
}
