import type { SignalFailure } from "../../signal/link.ts";
import { PlayerError } from "./errors.ts";
import { type NoWay, noWayReason, type Sights } from "./sights.ts";

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

const NO_WAY: Readonly<Record<NoWay, string>> = {
  "no-answer": "The relay knows the box, but the box does not answer.",
  "no-own-candidates": "This browser lets no connection out: it found no network address to use.",
  "no-box-candidates": "The box answered, but named no address at which it can be reached.",
  "nothing-through": "The box answered, but this network and the box's let nothing through to each other.",
  "not-secured": "The box was reached, but no connection came about in time.",
};

/** No connection came about, as far as was seen. */
export function noWay(sights: Sights): PlayerError {
  const reason = noWayReason(sights);
  return new PlayerError("connect-timeout", NO_WAY[reason], { reason, sights });
}

/** There was a connection. */
export function lost(): PlayerError {
  return new PlayerError("connection-lost", "The connection to the box was lost.");
}
