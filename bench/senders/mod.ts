import { PROGRAM } from "./program.ts";
import type { SenderKind } from "./sender.ts";
import { stackSender } from "./stack.ts";

export { PROGRAM };

/** What the program is compared with on several sessions. */
export const LIBDATACHANNEL = stackSender("libdatachannel", "node-datachannel 0.33.4", {
  high: 1_024 * 1_024,
  low: 256 * 1_024,
});

/** Whoever sends, in the order of the tables; the others are what the first is compared with. */
export const SENDERS: readonly SenderKind[] = [
  PROGRAM,
  // Its cost grows with the square of what is queued: a higher mark makes it slower.
  stackSender("werift", "werift 0.25.2 on Deno, its own sockets", { high: 256 * 1_024, low: 64 * 1_024 }),
  LIBDATACHANNEL,
  stackSender("libwebrtc", "@roamhq/wrtc 0.10.0", { high: 1_024 * 1_024, low: 256 * 1_024 }),
];
