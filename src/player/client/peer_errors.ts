import type { SignalFailure } from "../../signal/link.ts";
import { PlayerError } from "./errors.ts";

/** The relay's last word before the channel was open. */
export function signallingError(failure: SignalFailure): PlayerError {
  switch (failure.type) {
    case "unauthorised":
    case "forbidden":
      return new PlayerError("unauthorised", "The relay does not accept this link's token any more.");
    case "gone":
      return new PlayerError("session-expired", "The relay has forgotten the session.");
    default:
      return new PlayerError("relay-unreachable", "The relay cannot be reached.");
  }
}

/** No connection came about. */
export function noWay(what: string): PlayerError {
  return new PlayerError(
    "connect-timeout",
    `${what} A firewall, or a network without UDP, may be in the way.`,
  );
}

/** There was a connection. */
export function lost(): PlayerError {
  return new PlayerError("connection-lost", "The connection to the box was lost.");
}
