/// <reference lib="dom" />
import * as v from "valibot";
import { ErrorAnswer, ListAnswer, SearchAnswer } from "../../signal/library_api.ts";
import type { ListPage, SearchPage } from "../../signal/library_entries.ts";
import { aborted, PlayerError } from "./errors.ts";

/** How long one answer may take: a folder on a sleeping disk needs some seconds. */
const ANSWER_TIMEOUT_MS = 30_000;

const AnyAnswer = v.looseObject({ id: v.nullable(v.number()) });

interface Pending {
  resolve(answer: unknown): void;
  reject(error: PlayerError): void;
}

/** The library channel: asks in JSON, answers matched by id. */
export class Library {
  readonly #channel: RTCDataChannel;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #failure: PlayerError | undefined;

  constructor(channel: RTCDataChannel) {
    this.#channel = channel;
    channel.onmessage = (event) => this.#receive(event.data);
  }

  /**
   * One page of a directory, sorted by name; `cursor` of the answer asks for the next, null is the end.
   *
   * @param path inside the share, `/` between its parts, `""` for the top
   */
  async list(path: string, cursor: string | null, signal?: AbortSignal): Promise<ListPage> {
    return parse(ListAnswer, await this.#ask({ op: "list", path, cursor }, signal));
  }

  /** Files and directories whose name has the words of `query`. */
  async search(query: string, limit: number, signal?: AbortSignal): Promise<SearchPage> {
    return parse(SearchAnswer, await this.#ask({ op: "search", query, limit }, signal));
  }

  /** Nothing more will be answered. */
  fail(error: PlayerError): void {
    this.#failure ??= error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #ask(ask: Record<string, unknown>, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      if (this.#failure) return reject(this.#failure);
      const id = this.#nextId++;
      const abort = () => settle(() => reject(aborted(signal)));
      const timer = setTimeout(
        () =>
          settle(() =>
            reject(new PlayerError("busy", "The box takes too long to answer.", { reason: "slow" }))
          ),
        ANSWER_TIMEOUT_MS,
      );
      const settle = (then: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#pending.delete(id);
        then();
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#pending.set(id, {
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      });
      try {
        this.#channel.send(JSON.stringify({ id, ...ask }));
      } catch (cause) {
        settle(() => reject(new PlayerError("connection-lost", "The connection is closing.", { cause })));
      }
    });
  }

  #receive(message: unknown): void {
    if (typeof message !== "string") return;
    let answer: unknown;
    try {
      answer = JSON.parse(message);
    } catch {
      return;
    }
    const parsed = v.safeParse(AnyAnswer, answer);
    // An id that nobody waits for belongs to an ask that was given up.
    if (parsed.success && parsed.output.id !== null) this.#pending.get(parsed.output.id)?.resolve(answer);
  }
}

function parse<const S extends v.GenericSchema>(schema: S, answer: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  const failure = v.safeParse(ErrorAnswer, answer);
  if (!failure.success) throw new PlayerError("protocol", "The box's answer cannot be understood.");
  const { code, error } = failure.output;
  switch (code) {
    case "not-found":
    case "not-a-directory":
    case "path-not-allowed":
      throw new PlayerError("not-found", "This is not on the box any more, or is not shared.", {
        reason: code,
      });
    case "busy":
      throw new PlayerError("busy", "The box is busy with other requests.", { reason: code });
    default:
      throw new PlayerError("read-error", `The box could not read the folder: ${error}`, { reason: code });
  }
}
