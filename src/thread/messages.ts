/** What main and its threads say to each other over the two ends of a `Worker`; all of it can be cloned. */
import type { LogLevel } from "@logtape/logtape";
import { type Load, readLoad } from "./load.ts";
import { type LogLine, readLogLine } from "./log_lines.ts";
import { isRecord } from "./shapes.ts";

/** What differs from one kind of thread to another. */
export interface Dialogue {
  /** What it is started with. */
  readonly options: unknown;
  /** What it answers when it runs. */
  readonly ready: unknown;
  /** What it is asked to do while it runs. */
  readonly command: unknown;
  /** What it tells while it runs. */
  readonly event: unknown;
}

export type ToThread<D extends Dialogue> =
  | { readonly type: "start"; readonly logLevel: LogLevel; readonly options: D["options"] }
  | { readonly type: "command"; readonly command: D["command"] }
  /** From which level on it hands over its log. */
  | { readonly type: "log-level"; readonly logLevel: LogLevel }
  | { readonly type: "ping" }
  | { readonly type: "stop" };

export type FromThread =
  /** Its modules are there; it answers pings from here on. */
  | { readonly type: "loaded" }
  | { readonly type: "ready"; readonly value: unknown }
  /** It will not serve; the message is a sentence for the user. */
  | { readonly type: "refused"; readonly message: string; readonly kind: RefusalKind }
  /** It threw where nobody caught; its last message. */
  | { readonly type: "crashed"; readonly message: string }
  | { readonly type: "pong"; readonly load: Load }
  | { readonly type: "log"; readonly line: LogLine }
  | { readonly type: "event"; readonly event: unknown }
  | { readonly type: "stopped" };

/** Why a thread will not serve: something is wrong, or another instance of the program serves already. */
export type RefusalKind = "fault" | "already-running";

/** The longest message of an error that is passed on, in UTF-16 code units. */
const MAX_MESSAGE = 4_096;

/**
 * A thread's message as it came, or undefined where it is none: a thread hears the network, so main does
 * not take its word for the shape of what it says. Values of `ready` and `event` are left to who knows them.
 */
export function readFromThread(data: unknown): FromThread | undefined {
  if (!isRecord(data)) return undefined;
  switch (data["type"]) {
    case "loaded":
    case "stopped":
      return { type: data["type"] };
    case "ready":
      return { type: "ready", value: data["value"] };
    case "event":
      return { type: "event", event: data["event"] };
    case "refused":
    case "crashed": {
      const { type, message, kind } = data;
      if (typeof message !== "string") return undefined;
      const sentence = message.slice(0, MAX_MESSAGE);
      if (type === "crashed") return { type, message: sentence };
      return { type: "refused", message: sentence, kind: kind === "already-running" ? kind : "fault" };
    }
    case "pong": {
      const load = readLoad(data["load"]);
      return load === undefined ? undefined : { type: "pong", load };
    }
    case "log": {
      const line = readLogLine(data["line"]);
      return line === undefined ? undefined : { type: "log", line };
    }
    default:
      return undefined;
  }
}
