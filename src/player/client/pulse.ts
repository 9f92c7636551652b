import { DEFAULT_HEARTBEAT, Heartbeat, type HeartbeatSettings } from "./heartbeat.ts";

export interface PulseEvents {
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

  constructor(events: PulseEvents, settings: Partial<HeartbeatSettings> = {}) {
    this.#events = events;
    this.#settings = { ...DEFAULT_HEARTBEAT, ...settings };
  }

  start(): void {
    this.#heartbeat ??= new Heartbeat(performance.now(), this.#settings);
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#heartbeat = undefined;
  }

  /** Something has arrived. */
  heard(): void {
    if (!this.#heartbeat?.heard(performance.now())) return;
    this.#arm();
    this.#events.heard();
  }

  /** Looks at once whether the other side is there. */
  check(): void {
    this.#heartbeat?.check(performance.now());
    this.#tick();
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
