/** The frame codec: bytes in, typed frames out, and back. No I/O, no clock; runs in any JavaScript engine. */
export { decodeFrame, isRangeData } from "./decode.ts";
export {
  allocateRangeData,
  encodeBare,
  encodeFrame,
  encodeHello,
  encodeRangeEnd,
  encodeRangeReq,
  encodeSeekHint,
} from "./encode.ts";
export { WireError, type WireErrorKind } from "./errors.ts";
export * from "./protocol.ts";
