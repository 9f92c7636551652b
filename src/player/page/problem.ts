/// <reference lib="dom" />
import type { PlayerError, PlayerErrorType } from "../client/mod.ts";
import { button, element } from "./dom.ts";

const TITLES: Partial<Record<PlayerErrorType, string>> = {
  "relay-unreachable": "No connection to the relay",
  "unauthorised": "This link does not work any more",
  "agent-offline": "The box is offline",
  "agent-unknown": "No box found",
  "refused": "The box ended the connection",
  "connect-timeout": "The box could not be reached",
  "connection-lost": "Connection lost",
  "session-expired": "Connection lost",
  "not-found": "Not found",
  "read-error": "The file could not be read",
  "busy": "Busy",
};

/** What went wrong, in words, and a way on. */
export function problem(error: PlayerError, retry?: () => void): HTMLElement {
  return element(
    "div",
    { class: "problem", role: "alert" },
    element("h2", {}, TITLES[error.type] ?? "Something went wrong"),
    element("p", {}, error.message),
    retry && button("Try again", retry, { class: "primary" }),
  );
}
