import type { PlayerError } from "./errors.ts";

/** The agent may be gone for good, or only for the time of a restart. */
const PASSING_REFUSALS = new Set(["shutdown", "busy", "internal", "connection-lost", "connect-timeout"]);

/** Whether another connection may succeed where this error ended one. */
export function isPassing(error: PlayerError): boolean {
  switch (error.type) {
    case "relay-unreachable":
    case "agent-offline":
    case "session-expired":
    case "connect-timeout":
    case "connection-lost":
    case "busy":
      return true;
    case "refused":
      return PASSING_REFUSALS.has(error.reason ?? "");
    default:
      return false;
  }
}
