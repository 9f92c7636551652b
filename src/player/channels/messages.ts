/** What the page and the worker that holds its data channels say to each other. */
import type { ChannelNews } from "../client/connection_details.ts";
import type { PlainError } from "../client/plain_error.ts";
import type { MediaTransfer } from "../media/media_bridge.ts";
import type { MediaRequest } from "../media/messages.ts";

/** Page to worker. */
export type PageOrder =
  /** Answers to `open`. The channel is still connecting; `session` tells one connection from the next. */
  | {
    readonly type: "channel";
    readonly id: number;
    readonly session: number;
    readonly channel: RTCDataChannel;
  }
  | { readonly type: "refused"; readonly id: number; readonly error: PlainError }
  /** A connection has ended, and with it all its channels. */
  | { readonly type: "lost"; readonly session: number; readonly error: PlainError }
  /** With the request's port. */
  | MediaRequest
  /** What a file that is played needs, in bytes a second. */
  | { readonly type: "need"; readonly path: string; readonly bytesPerSecond: number };

/** Worker to page. */
export type WorkerReport =
  /** Once, when its script runs. */
  | { readonly type: "ready" }
  /** Asks for a data channel for a file, on the connection in use or on the next one. */
  | { readonly type: "open"; readonly id: number; readonly path: string }
  /** The file of an `open` without an answer is not wanted any more. */
  | { readonly type: "unwanted"; readonly id: number }
  /** What its channels did since the last of these, and requests in progress. */
  | { readonly type: "status"; readonly news: ChannelNews; readonly active: number }
  /** A request has moved on; `id` tells it from others. */
  | { readonly type: "transfer"; readonly id: number; readonly transfer: MediaTransfer };
