import { DEFAULT_HEARTBEAT, Heartbeat, type HeartbeatSettings } from "./heartbeat.ts";

/** Data that is asked for and does not come for so long, or up to twice that, is worth a PING; in milliseconds. */
const STALL_MS = 500;

export interface PulseEvents {
  /** Whether something has been asked for and is to come. */
  expects(): boolean;
  /** A PING is to be sent. */
  ping(): void;
  /** The other side does not answer. */
  silent(): void;
  /** It is heard again. */
  heard(): void;
}

/** A {@link Heartbeat} with a clock. */
export class Pulse {
  readonly #events: PulseEvents;
  readonly #settings: HeartbeatSettings;
  #heartbeat: Heartbeat | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stall: ReturnType<typeof setInterval> | undefined;
  /** Since the last look. */
  #heard = true;

  constructor(events: PulseEvents, settings: Partial<HeartbeatSettings> = {}) {
    this.#events = events;
    this.#settings = { ...DEFAULT_HEARTBEAT, ...settings };
  }

  start(): void {
    this.#heartbeat ??= new Heartbeat(performance.now(), this.#settings);
    this.#stall ??= setInterval(() => this.#look(), STALL_MS);
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#stall);
    this.#heartbeat = this.#stall = undefined;
  }

  /** Something has arrived. */
  heard(): void {
    this.#heard = true;
    if (!this.#heartbeat?.heard(performance.now())) return;
    this.#arm();
    this.#events.heard();
  }

  /** Looks at once whether the other side is there. */
  check(): void {
    this.#heartbeat?.check(performance.now());
    this.#tick();
  }

  /** A film that waits notices a box that is gone before ICE does. */
  #look(): void {
    if (!this.#heard && this.#events.expects() && !this.#heartbeat?.asking) this.check();
    this.#heard = false;
  }

  #tick(): void {
    const step = this.#heartbeat?.tick(performance.now());
    if (step === "ping") this.#events.ping();
    if (step === "silent") this.#events.silent();
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#heartbeat) return;
    const ms = this.#heartbeat.deadline - performance.now();
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, Math.ceil(ms)));
  }
}
