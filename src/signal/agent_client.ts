import * as v from "valibot";
import { DispatchedSession, SyncResponse, WakeResponse } from "./agent_api.ts";
import { Backoff, type BackoffSettings, delay, retryAfterMs } from "./backoff.ts";

/** Times of the control plane, in milliseconds. */
export interface AgentSettings {
  readonly syncMs: number;
  /** While somebody looks at the page. */
  readonly watchedSyncMs: number;
  readonly registerWait: BackoffSettings;
  readonly syncWait: BackoffSettings;
  readonly wakeWait: BackoffSettings;
  /** The least between two wake requests. */
  readonly wakeGapMs: number;
  readonly wakeTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly deregisterTimeoutMs: number;
}

export const DEFAULT_AGENT_SETTINGS: AgentSettings = {
  syncMs: 10_000,
  watchedSyncMs: 3_000,
  registerWait: { firstMs: 1_000, maxMs: 60_000 },
  syncWait: { firstMs: 3_000, maxMs: 60_000 },
  wakeWait: { firstMs: 2_000, maxMs: 30_000 },
  wakeGapMs: 250,
  wakeTimeoutMs: 40_000,
  callTimeoutMs: 30_000,
  deregisterTimeoutMs: 5_000,
};

/** So many refusals of the key in a row end the agent. */
const REFUSALS_IN_A_ROW = 3;

/** The largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 1_048_576;

/** What the agent says of itself. */
export interface AgentIdentity {
  readonly agentId: string;
  readonly name: string;
  readonly version: string;
  readonly os: string;
  readonly arch: string;
}

/** The relay will not have this agent; `status` is its answer. */
export class AgentRefused extends Error {
  override readonly name = "AgentRefused";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export interface AgentClientOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  readonly token: string;
  readonly identity: AgentIdentity;
  readonly settings?: Partial<AgentSettings>;
  readonly log?: (level: "debug" | "info" | "warn", message: string) => void;
}

/**
 * The box's line to the relay: registers, asks for sessions on a tick and whenever it is woken.
 *
 * A session is handed on once for each time it is listed; who starts it tells new ones from known.
 */
export class AgentClient {
  onsession: (session: DispatchedSession) => void = () => {};
  /** A session that does not parse; the id where there is one. */
  oninvalid: (sessionId: string | undefined) => void = () => {};
  /** For good: the key was refused, at registration or three times in a row later. */
  onrefused: (error: AgentRefused) => void = () => {};
  onregistered: () => void = () => {};

  readonly #options: AgentClientOptions;
  readonly #settings: AgentSettings;
  readonly #abort = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #watching = false;
  #refusals = 0;
  /** Asked for while a sync was under way. */
  #syncWanted = false;
  #wakeSync: () => void = () => {};
  #reachable = true;
  #lastUnreachableLog = 0;

  constructor(options: AgentClientOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_AGENT_SETTINGS, ...options.settings };
  }

  start(): void {
    this.#loops = this.#run();
  }

  /** Stops syncing, then says so to the relay: a sync that came after would bring the agent back. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wakeSync();
    await this.#loops;
    try {
      await this.#call("deregister", { agentId: this.#options.identity.agentId }, {
        signal: AbortSignal.timeout(this.#settings.deregisterTimeoutMs),
      });
    } catch (error) {
      this.#log("debug", `deregister: ${String(error)}`);
    }
  }

  async #run(): Promise<void> {
    if (!await this.#register()) return;
    await Promise.all([this.#syncLoop(), this.#wakeLoop()]);
  }

  /** Tries until registered (true), refused or stopped (false). */
  async #register(): Promise<boolean> {
    const wait = new Backoff(this.#settings.registerWait);
    while (!this.#abort.signal.aborted) {
      try {
        const { response } = await this.#call("register", { ...this.#options.identity, vpnActive: false });
        if (response.status < 400) {
          this.#nowReachable();
          this.#refusals = 0;
          this.onregistered();
          return true;
        }
        if (response.status < 500 && ![408, 425, 429].includes(response.status)) {
          this.#abort.abort();
          this.onrefused(new AgentRefused(response.status, refusal(response.status)));
          return false;
        }
        const ms = retryAfterMs(response) ?? wait.next();
        this.#unreachable(`register: status ${response.status}`);
        await delay(ms, this.#abort.signal);
      } catch (error) {
        if (this.#abort.signal.aborted) return false;
        this.#unreachable(`register: ${String(error)}`);
        await delay(wait.next(), this.#abort.signal);
      }
    }
    return false;
  }

  async #syncLoop(): Promise<void> {
    const signal = this.#abort.signal;
    const wait = new Backoff(this.#settings.syncWait);
    while (!signal.aborted) {
      this.#syncWanted = false;
      const outcome = await this.#sync();
      if (signal.aborted) return;
      if (outcome === "register") {
        if (!await this.#register()) return;
        continue;
      }
      if (outcome === "ok") wait.reset();
      if (this.#syncWanted && outcome !== "failed") continue;
      const tick = this.#watching ? this.#settings.watchedSyncMs : this.#settings.syncMs;
      await this.#syncPause(outcome === "failed" ? wait.next() : tick);
    }
  }

  /** Waits for `ms` or until a wake. */
  async #syncPause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wakeSync = () => woken.abort();
    if (!this.#syncWanted && !this.#abort.signal.aborted) await delay(ms, woken.signal);
    this.#wakeSync = () => {};
  }

  async #sync(): Promise<"ok" | "failed" | "register"> {
    const { identity } = this.#options;
    try {
      const { response, value } = await this.#call("sync", {
        ...identity,
        freeSlots: 0,
        tasks: [],
        canDelete: false,
        vpnActive: false,
      });
      if (response.status === 404 || response.status === 409) return "register";
      if (response.status === 401 || response.status === 403) {
        this.#refused(response.status);
        return "failed";
      }
      if (response.status >= 400) {
        this.#unreachable(`sync: status ${response.status}`);
        return "failed";
      }
      this.#refusals = 0;
      this.#nowReachable();
      const answer = v.safeParse(SyncResponse, value);
      if (!answer.success) {
        this.#log("warn", "the relay's answer to sync is not what it should be");
        return "failed";
      }
      this.#take(answer.output);
      return "ok";
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#unreachable(`sync: ${String(error)}`);
      return "failed";
    }
  }

  #take(answer: SyncResponse): void {
    // Somebody has just begun to look: one more sync at once, for what they may have asked meanwhile.
    if (answer.watching === true && !this.#watching) this.#syncWanted = true;
    this.#watching = answer.watching === true;
    for (const item of answer.webrtcSessions ?? answer.streamSessions ?? []) {
      const session = v.safeParse(DispatchedSession, item);
      if (session.success) this.onsession(session.output);
      else this.oninvalid(sessionIdOf(item));
    }
  }

  async #wakeLoop(): Promise<void> {
    const signal = this.#abort.signal;
    const wait = new Backoff(this.#settings.wakeWait);
    while (!signal.aborted) {
      const began = performance.now();
      try {
        const { response, value } = await this.#call("wake", undefined, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(this.#settings.wakeTimeoutMs)]),
        });
        if (response.status >= 400) {
          if (response.status === 401 || response.status === 403) this.#refused(response.status);
          await delay(retryAfterMs(response) ?? wait.next(), signal);
          continue;
        }
        wait.reset();
        const answer = v.safeParse(WakeResponse, value);
        if (answer.success && answer.output.wake === true) {
          this.#syncWanted = true;
          this.#wakeSync();
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#log("debug", `wake: ${String(error)}`);
        await delay(wait.next(), signal);
        continue;
      }
      await delay(Math.max(0, this.#settings.wakeGapMs - (performance.now() - began)), signal);
    }
  }

  #refused(status: number): void {
    if (++this.#refusals < REFUSALS_IN_A_ROW || this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#wakeSync();
    this.onrefused(new AgentRefused(status, refusal(status)));
  }

  /** GET where `body` is undefined, else POST. The answer's JSON, or undefined where it is none. */
  async #call(
    name: string,
    body: unknown,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ response: Response; value: unknown }> {
    const response = await fetch(`${this.#options.base}/api/internal/agent/${name}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        "user-agent": `unarr/${this.#options.identity.version}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: options.signal ??
        AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#settings.callTimeoutMs)]),
    });
    const text = await readBounded(response, MAX_ANSWER_BYTES);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    return { response, value };
  }

  #unreachable(reason: string): void {
    const now = performance.now();
    const first = this.#reachable;
    this.#reachable = false;
    if (first || now - this.#lastUnreachableLog > 60_000) {
      this.#lastUnreachableLog = now;
      this.#log("warn", `the relay is unreachable (${reason})`);
    } else {
      this.#log("debug", reason);
    }
  }

  #nowReachable(): void {
    if (!this.#reachable) this.#log("info", "the relay is reachable again");
    this.#reachable = true;
  }

  #log(level: "debug" | "info" | "warn", message: string): void {
    this.#options.log?.(level, message);
  }
}

function refusal(status: number): string {
  if (status === 401) return "the relay refused the agent's key";
  if (status === 403) return "the key may not register this agent";
  return `the relay refused the agent with status ${status}`;
}

function sessionIdOf(item: unknown): string | undefined {
  const id = (item as { sessionId?: unknown } | null)?.sessionId;
  return typeof id === "string" ? id : undefined;
}

/** The body as text; an answer over `limit` bytes is cut, and so no longer JSON. */
async function readBounded(response: Response, limit: number): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > limit) break;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
