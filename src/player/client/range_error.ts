import { Status } from "../../wire/mod.ts";
import { PlayerError } from "./errors.ts";

/** The error for a RANGE_END that is not a success. */
export function rangeError(status: number): PlayerError {
  const details = { reason: String(status) };
  switch (status) {
    case Status.OK:
      return new PlayerError("read-error", "The file has become shorter while it was read.", details);
    case Status.BUSY:
      return new PlayerError("busy", "The box is busy with other requests.", details);
    case Status.OUT_OF_RANGE:
      return new PlayerError("out-of-range", "The file ends before this place.", details);
    case Status.BAD_REQUEST:
      return new PlayerError("protocol", "The box did not understand the request.", details);
    default:
      return new PlayerError("read-error", "The box could not read the file.", details);
  }
}
