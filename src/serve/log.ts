import { getLogger, type Logger } from "@logtape/logtape";

/** The room's logger; what it writes goes where the program has said. */
export const log: Logger = getLogger(["unarr", "serve"]);

/** What a log line calls a session. */
export function short(id: string): string {
  return id.slice(0, 8);
}
