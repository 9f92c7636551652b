/** Times in milliseconds. */
export interface RecoverySettings {
  /** ICE may recover by itself from a short silence; after this it is restarted. */
  readonly restartAfterMs: number;
  /** A restart that has not helped by then may be of no use: the box may have started anew. */
  readonly doubtAfterMs: number;
  /** An interruption that lasts longer is the end of the connection. */
  readonly interruptedMs: number;
}

export interface RecoverySteps {
  /** Restart ICE. */
  restart(): void;
  /** Another connection is worth a try beside this one. */
  doubt(): void;
  /** Nothing has helped. */
  giveUp(): void;
}

/** What is done about an interruption, and when: an ICE restart, doubt, and then the end. */
export class Recovery {
  readonly #settings: RecoverySettings;
  readonly #steps: RecoverySteps;
  #active = false;
  #restarted = false;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #doubt: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: RecoverySettings, steps: RecoverySteps) {
    this.#settings = settings;
    this.#steps = steps;
  }

  /** There is an interruption. */
  get active(): boolean {
    return this.#active;
  }

  /** @param atOnce restarts without waiting whether the connection comes back by itself */
  begin(atOnce: boolean): void {
    if (this.#active) return;
    this.#active = true;
    const { restartAfterMs, interruptedMs } = this.#settings;
    this.#limit = setTimeout(() => this.#steps.giveUp(), interruptedMs);
    this.#restart = setTimeout(() => this.hurry(), atOnce ? 0 : restartAfterMs);
  }

  /** Restarts now, if there is an interruption and it has not been tried. */
  hurry(): void {
    if (!this.#active || this.#restarted) return;
    this.#restarted = true;
    clearTimeout(this.#restart);
    this.#doubt = setTimeout(() => this.#steps.doubt(), this.#settings.doubtAfterMs);
    this.#steps.restart();
  }

  /** It is over, one way or the other. */
  end(): void {
    this.#active = this.#restarted = false;
    for (const timer of [this.#restart, this.#doubt, this.#limit]) clearTimeout(timer);
  }
}
