import type { DispatchedSession } from "../signal/agent_api.ts";
import type { ByeReason } from "../signal/envelope.ts";
import { CLOCK_SKEW_MS } from "../trust/clock.ts";
import { EndedIds } from "./ended_ids.ts";

/** Refusals under way at most; beyond, a session is left to its viewer's own timeout. */
const MAX_REFUSING = 64;

/** An engine beyond the first ends after so long without a session, in milliseconds. */
const IDLE_MS = 5 * 60_000;

/** Bounds over all engines. */
export interface PlacementLimits {
  /** Sessions at once, and of one viewer where the relay tells viewers apart. */
  readonly maxSessions: number;
  readonly maxPerViewer: number;
  /** Engines at once. */
  readonly maxEngines: number;
  /** Whether WebRTC is offered at all: `downloads.webrtc.enabled` of the configuration. */
  readonly webrtc: boolean;
}

/** What becomes of a session that the relay lists. An engine that is not among those up is to be started. */
export type Placing =
  | { readonly type: "start"; readonly engine: number }
  /** Told why not, by the engine. */
  | { readonly type: "refuse"; readonly engine: number; readonly reason: ByeReason }
  /** So many are being refused that this one is not even told. */
  | { readonly type: "untold"; readonly reason: ByeReason }
  /** It lives, or ended lately. */
  | { readonly type: "known" }
  /** Every engine is being replaced; the relay lists the session again. */
  | { readonly type: "later" };

interface Engine {
  /** False while it is being replaced. */
  up: boolean;
  /** Ids of the sessions on it: viewer, or undefined where it is not known. */
  readonly live: Map<string, string | undefined>;
  /** Those of them that had a proof. */
  readonly proven: Set<string>;
  readonly refusing: Set<string>;
  /** Since when it has had no session. */
  idleSince: number;
}

/**
 * Which engine runs a session, and whether any does: each id once, within the bounds, on the engine with the
 * fewest sessions. One engine is always there; a further one is asked for when each that is up has a session.
 * No clock: `now` is given, in milliseconds.
 */
export class Placement {
  readonly #limits: PlacementLimits;
  /** By number, from 0. */
  readonly #engines = new Map<number, Engine>();
  readonly #ended = new EndedIds();
  /**
   * The ids of sessions that had a proof, for as long as it could pass: a proof is for one id, so that a relay that
   * has kept it could repeat it in another session of that id, on any engine. Apart from the others, which a relay
   * can have forgotten by listing many; here only those come in who have a link.
   */
  readonly #proven = new EndedIds(2 * CLOCK_SKEW_MS);

  constructor(limits: PlacementLimits, now: number) {
    this.#limits = limits;
    this.#add(0, now);
  }

  /** Sessions that live, on all engines. */
  get sessions(): number {
    let sessions = 0;
    for (const { live } of this.#engines.values()) sessions += live.size;
    return sessions;
  }

  /** Numbers of the engines, those that are being replaced among them. */
  get engines(): readonly number[] {
    return [...this.#engines.keys()];
  }

  /** Decides about a session, and counts it where the decision says. */
  dispatch(session: DispatchedSession, now: number): Placing {
    const id = session.sessionId;
    if (this.#isKnown(id, now)) return { type: "known" };
    const reason = this.#refusal(session);
    if (reason !== undefined) return this.#refuse(id, reason, now);
    const number = this.#leastBusy();
    const isFree = number !== undefined && this.#engines.get(number)!.live.size === 0;
    if (!isFree && this.#engines.size < this.#limits.maxEngines) {
      return this.#start(this.#freeNumber(), session, now);
    }
    return number === undefined ? { type: "later" } : this.#start(number, session, now);
  }

  /** A session that was started or refused on `engine` is over. */
  closed(engine: number, sessionId: string, now: number): void {
    const at = this.#engines.get(engine);
    if (at === undefined || !(at.live.delete(sessionId) || at.refusing.delete(sessionId))) return;
    if (at.live.size === 0) at.idleSince = now;
    this.#over(at, sessionId, now);
  }

  /** A session on `engine` had an offer that was believed for its proof. */
  proven(engine: number, sessionId: string): void {
    const at = this.#engines.get(engine);
    if (at?.live.has(sessionId)) at.proven.add(sessionId);
  }

  /** An engine has died, and its sessions with it: their ids have ended, whose they were asks anew. Answers how many. */
  down(engine: number, now: number): number {
    const at = this.#engines.get(engine);
    if (at === undefined) return 0;
    const sessions = at.live.size;
    for (const id of [...at.live.keys(), ...at.refusing]) this.#over(at, id, now);
    at.live.clear();
    at.refusing.clear();
    at.up = false;
    at.idleSince = now;
    return sessions;
  }

  /** A replacement serves. */
  up(engine: number): void {
    const at = this.#engines.get(engine);
    if (at !== undefined) at.up = true;
  }

  /** An engine is gone and is not being replaced, as {@link down} otherwise. */
  gone(engine: number, now: number): number {
    const lost = this.down(engine, now);
    this.#engines.delete(engine);
    return lost;
  }

  /** Takes out the engines that have been idle for too long; their numbers, to be stopped. */
  takeIdle(now: number): number[] {
    const idle = [...this.#engines].filter(([number, { up, live, refusing, idleSince }]) =>
      number > 0 && up && live.size + refusing.size === 0 && now - idleSince >= IDLE_MS
    ).map(([number]) => number);
    for (const number of idle) this.#engines.delete(number);
    return idle;
  }

  #over(at: Engine, id: string, now: number): void {
    this.#ended.add(id, now);
    if (at.proven.delete(id)) this.#proven.add(id, now);
  }

  #start(number: number, { sessionId, viewer }: DispatchedSession, now: number): Placing {
    const engine = this.#engines.get(number) ?? this.#add(number, now);
    engine.live.set(sessionId, viewer);
    return { type: "start", engine: number };
  }

  #refuse(id: string, reason: ByeReason, now: number): Placing {
    const engine = this.#leastBusy();
    if (engine === undefined) return { type: "later" };
    let refusing = 0;
    for (const { refusing: here } of this.#engines.values()) refusing += here.size;
    if (refusing >= MAX_REFUSING) {
      this.#ended.add(id, now);
      return { type: "untold", reason };
    }
    this.#engines.get(engine)!.refusing.add(id);
    return { type: "refuse", engine, reason };
  }

  #refusal({ transport = "", viewer }: DispatchedSession): ByeReason | undefined {
    if (!["", "webrtc"].includes(transport.toLowerCase())) return "unsupported-transport";
    if (!this.#limits.webrtc) return "disabled";
    if (this.sessions >= this.#limits.maxSessions) return "busy";
    if (viewer === undefined) return undefined;
    let same = 0;
    for (const { live } of this.#engines.values()) {
      for (const other of live.values()) if (other === viewer) same++;
    }
    return same >= this.#limits.maxPerViewer ? "busy" : undefined;
  }

  #isKnown(id: string, now: number): boolean {
    if (this.#ended.has(id, now) || this.#proven.has(id, now)) return true;
    for (const { live, refusing } of this.#engines.values()) {
      if (live.has(id) || refusing.has(id)) return true;
    }
    return false;
  }

  /** The engine that is up with the fewest sessions, the lowest number of equals. */
  #leastBusy(): number | undefined {
    let least: number | undefined;
    let fewest = Infinity;
    for (const [number, { up, live }] of this.#engines) {
      if (!up || live.size > fewest || (live.size === fewest && number > least!)) continue;
      least = number;
      fewest = live.size;
    }
    return least;
  }

  #freeNumber(): number {
    let number = 0;
    while (this.#engines.has(number)) number++;
    return number;
  }

  #add(number: number, now: number): Engine {
    const engine: Engine = {
      up: true,
      live: new Map(),
      proven: new Set(),
      refusing: new Set(),
      idleSince: now,
    };
    this.#engines.set(number, engine);
    return engine;
  }
}
