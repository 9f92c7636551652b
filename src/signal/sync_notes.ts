import { oneLine } from "./refusal.ts";
import type { SyncResponse } from "./agent_api.ts";

/** What a relay may ask of agents that do more than stream. */
const NOT_FOR_THIS_AGENT = ["newTasks", "controls", "streamRequests", "filesToDelete", "scan"] as const;

/** Versions that are told of at most. */
const MAX_VERSIONS = 16;

/** The longest version that is shown, in UTF-16 code units. */
const MAX_VERSION = 64;

/** What the answers to sync hold that is worth a line in the log, once each. */
export class SyncNotes {
  readonly #own: string;
  readonly #log: (level: "debug" | "info", message: string) => void;
  readonly #ignored = new Set<string>();
  readonly #versions = new Set<string>();

  /** @param own the version that runs */
  constructor(own: string, log: (level: "debug" | "info", message: string) => void) {
    this.#own = own;
    this.#log = log;
  }

  take(answer: SyncResponse): void {
    for (const field of NOT_FOR_THIS_AGENT) {
      if (this.#ignored.has(field) || !isAsked(answer[field])) continue;
      this.#ignored.add(field);
      this.#log("debug", `the relay's ${field} are not for this agent and are ignored`);
    }
    const version = oneLine(answer.upgrade?.version ?? "", MAX_VERSION);
    if (version === "" || version === this.#own || this.#versions.has(version)) return;
    if (this.#versions.size >= MAX_VERSIONS) return;
    this.#versions.add(version);
    this.#log("info", `the relay offers version ${version}; this one is ${this.#own}`);
  }
}

/** Whether a field asks for anything. */
function isAsked(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
