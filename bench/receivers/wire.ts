import { FrameType, HEADER_SIZE } from "../../src/wire/mod.ts";
import type { Wire } from "./file_receiver.ts";

/** The frame protocol's numbers, for receivers that cannot import them. */
export const WIRE: Wire = {
  headerSize: HEADER_SIZE,
  rangeData: FrameType.RANGE_DATA,
  rangeEnd: FrameType.RANGE_END,
};
