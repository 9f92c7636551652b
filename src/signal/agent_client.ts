import * as v from "valibot";
import { DispatchedSession, SyncResponse } from "./agent_api.ts";
import { AgentCalls, type Answer, failureOf, isRefusal, isSuccess } from "./agent_calls.ts";
import { type AgentSettings, DEFAULT_AGENT_SETTINGS } from "./agent_settings.ts";
import { Backoff, delay, jittered } from "./backoff.ts";
import { failureText } from "./failure_text.ts";
import { MirrorPool } from "./mirrors.ts";
import { Reachability } from "./reachability.ts";
import { type AgentRefused, refusalOf } from "./refusal.ts";
import { SyncNotes } from "./sync_notes.ts";
import { WakeLine } from "./wake_line.ts";

/** So many refusals of the key in a row end the agent. */
const REFUSALS_IN_A_ROW = 3;

/** What the agent says of itself. */
export interface AgentIdentity {
  readonly agentId: string;
  readonly name: string;
  readonly version: string;
  readonly os: string;
  readonly arch: string;
}

export interface AgentClientOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  /** Further addresses of the same relay, for when that one fails. */
  readonly mirrors?: readonly string[];
  readonly token: string;
  readonly identity: AgentIdentity;
  readonly settings?: Partial<AgentSettings>;
  readonly log?: (level: "debug" | "info" | "warn", message: string) => void;
}

type SyncOutcome =
  | { readonly type: "ok" }
  /** The relay does not know this agent. */
  | { readonly type: "unknown" }
  | { readonly type: "failed"; readonly retryAfterMs: number | undefined };

const FAILED: SyncOutcome = { type: "failed", retryAfterMs: undefined };

/**
 * The box's line to the relay: registers, asks for sessions on a tick and whenever it is woken
 * (control-plane.md, sections 2 to 6).
 *
 * A session is handed on once for each time it is listed; who starts it tells new ones from known.
 */
export class AgentClient {
  onsession: (session: DispatchedSession) => void = () => {};
  /** A session that does not parse; the id where there is one, and who listed it. */
  oninvalid: (sessionId: string | undefined, base: string) => void = () => {};
  /** For good: the relay refused at registration, or the key three times in a row later. */
  onrefused: (error: AgentRefused) => void = () => {};
  /** The relay has something for it: it asks what. */
  onwoken: () => void = () => {};
  /** Registered at the relay of this address. */
  onregistered: (base: string) => void = () => {};

  readonly #identity: AgentIdentity;
  readonly #settings: AgentSettings;
  readonly #calls: AgentCalls;
  readonly #reachability: Reachability;
  readonly #notes: SyncNotes;
  readonly #wake: WakeLine;
  readonly #log: (level: "debug" | "info" | "warn", message: string) => void;
  readonly #abort = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #registeredAt: string | undefined;
  #watching = false;
  #refusals = 0;
  /** Asked for while a sync was under way. */
  #syncWanted = false;
  #wakeSync: () => void = () => {};

  constructor({ base, mirrors = [], token, identity, settings, log = () => {} }: AgentClientOptions) {
    this.#identity = identity;
    this.#settings = { ...DEFAULT_AGENT_SETTINGS, ...settings };
    this.#log = log;
    const pool = new MirrorPool(base, mirrors, this.#settings.returnMs);
    this.#calls = new AgentCalls(pool, {
      token,
      userAgent: `unarr/${identity.version}`,
      timeoutMs: this.#settings.callTimeoutMs,
      probeTimeoutMs: this.#settings.probeTimeoutMs,
      log: (message) => log("debug", message),
    });
    this.#reachability = new Reachability(log);
    this.#notes = new SyncNotes(identity.version, log);
    this.#wake = new WakeLine(this.#calls, this.#settings, {
      woken: () => {
        this.onwoken();
        this.#syncNow();
      },
      // Whether it knows the agent, a sync finds out.
      cut: () => this.#syncNow(),
      refused: (answer) => this.#refused(answer),
      failed: (reason) => log("debug", `wake: ${reason}`),
    });
    pool.onmove = () => this.#wake.hangUp();
  }

  start(): void {
    this.#loops = this.#run();
  }

  /** Asks for no more sessions: neither syncs nor waits for a wake from now on. */
  quiet(): void {
    this.#end();
  }

  /** Stops syncing, then says so to the relay: a sync that came after would bring the agent back. */
  async stop(): Promise<void> {
    this.#end();
    await this.#loops;
    if (this.#registeredAt === undefined) return;
    try {
      const signal = AbortSignal.timeout(this.#settings.deregisterTimeoutMs);
      await this.#calls.post("deregister", { agentId: this.#identity.agentId }, signal);
    } catch (error) {
      this.#log("debug", `deregister: ${failureText(error)}`);
    }
  }

  async #run(): Promise<void> {
    if (!await this.#register()) return;
    await Promise.all([this.#syncLoop(), this.#wake.run(this.#abort.signal)]);
  }

  #end(): void {
    this.#abort.abort();
    this.#wakeSync();
  }

  /** Tries until registered (true), refused or stopped (false). */
  async #register(): Promise<boolean> {
    const signal = this.#abort.signal;
    const wait = new Backoff(this.#settings.registerWait);
    while (!signal.aborted) {
      let retryAfterMs: number | undefined;
      try {
        const answer = await this.#calls.post("register", { ...this.#identity, vpnActive: false }, signal);
        if (isSuccess(answer)) {
          this.#reachability.reached();
          this.#refusals = 0;
          this.#registeredAt = answer.base;
          this.onregistered(answer.base);
          return true;
        }
        if (isFinal(answer)) {
          this.#refuse(answer);
          return false;
        }
        ({ retryAfterMs } = answer);
        this.#reachability.failed(`register: ${failureOf(answer)}`);
      } catch (error) {
        if (signal.aborted) return false;
        this.#reachability.failed(`register: ${failureText(error)}`);
      }
      await delay(wait.next(retryAfterMs), signal);
    }
    return false;
  }

  async #syncLoop(): Promise<void> {
    const signal = this.#abort.signal;
    const wait = new Backoff(this.#settings.syncWait);
    let wasUnknown = false;
    while (!signal.aborted) {
      await this.#calls.returnToFirst(signal);
      this.#syncWanted = false;
      const outcome = await this.#sync();
      if (signal.aborted) return;
      if (outcome.type === "unknown") {
        // A relay that forgets at once what it is told is not to be asked without a pause.
        if (wasUnknown) await delay(wait.next(), signal);
        wasUnknown = true;
        if (!await this.#register()) return;
      } else if (outcome.type === "failed") {
        const ms = wait.next(outcome.retryAfterMs);
        if (outcome.retryAfterMs === undefined) await this.#syncPause(ms);
        else await delay(ms, signal);
      } else {
        wasUnknown = false;
        wait.reset();
        const { watchedSyncMs, syncMs } = this.#settings;
        if (!this.#syncWanted) await this.#syncPause(jittered(this.#watching ? watchedSyncMs : syncMs));
      }
    }
  }

  #syncNow(): void {
    this.#syncWanted = true;
    this.#wakeSync();
  }

  /** Waits for `ms` or until a wake. */
  async #syncPause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wakeSync = () => woken.abort();
    if (!this.#syncWanted && !this.#abort.signal.aborted) await delay(ms, woken.signal);
    this.#wakeSync = () => {};
  }

  async #sync(): Promise<SyncOutcome> {
    let answer: Answer;
    try {
      const body = { ...this.#identity, freeSlots: 0, tasks: [], canDelete: false, vpnActive: false };
      answer = await this.#calls.post("sync", body, this.#abort.signal);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#reachability.failed(`sync: ${failureText(error)}`);
      return FAILED;
    }
    const { status, base, value, retryAfterMs } = answer;
    if (status === 404 || status === 409) return { type: "unknown" };
    if (isRefusal(answer)) {
      this.#refused(answer);
      return { type: "failed", retryAfterMs };
    }
    const parsed = v.safeParse(SyncResponse, value);
    if (!isSuccess(answer) || !parsed.success) {
      this.#reachability.failed(`sync: ${failureOf(answer)}`);
      return { type: "failed", retryAfterMs };
    }
    this.#refusals = 0;
    this.#reachability.reached();
    this.#take(parsed.output, base);
    return { type: base === this.#registeredAt ? "ok" : "unknown" };
  }

  #take(answer: SyncResponse, base: string): void {
    // Somebody has just begun to look: one more sync at once, for what they may have asked meanwhile.
    if (answer.watching === true && !this.#watching) this.#syncWanted = true;
    this.#watching = answer.watching === true;
    this.#notes.take(answer);
    for (const item of [...answer.webrtcSessions ?? [], ...answer.streamSessions ?? []]) {
      const session = v.safeParse(DispatchedSession, item);
      if (session.success) this.onsession({ ...session.output, base });
      else this.oninvalid(sessionIdOf(item), base);
    }
  }

  #refused(answer: Answer): void {
    if (++this.#refusals >= REFUSALS_IN_A_ROW && !this.#abort.signal.aborted) this.#refuse(answer);
  }

  #refuse(answer: Answer): void {
    this.#end();
    // It is not there to be taken leave of.
    this.#registeredAt = undefined;
    this.onrefused(refusalOf(answer));
  }
}

/** Whether it is of no use to try again. */
function isFinal({ status }: Answer): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

function sessionIdOf(item: unknown): string | undefined {
  const id = (item as { sessionId?: unknown } | null)?.sessionId;
  return typeof id === "string" ? id : undefined;
}
