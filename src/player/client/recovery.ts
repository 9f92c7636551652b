/** Times in milliseconds. */
export interface RecoverySettings {
  /** ICE may recover by itself from a short silence; after this it is restarted. */
  readonly restartAfterMs: number;
  /** A box that is there answers a restart within this; one that is not has started anew, or is gone. */
  readonly restartAnswerMs: number;
  /** An interruption that lasts longer is the end of the connection. */
  readonly interruptedMs: number;
}

export interface RecoverySteps {
  /** Restart ICE. */
  restart(): void;
  /** Nothing has helped. */
  giveUp(): void;
}

/** What is done about an interruption, and when: an ICE restart, and then the end. */
export class Recovery {
  readonly #settings: RecoverySettings;
  readonly #steps: RecoverySteps;
  #active = false;
  #restarted = false;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #answer: ReturnType<typeof setTimeout> | undefined;
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
    this.#answer = setTimeout(() => this.#steps.giveUp(), this.#settings.restartAnswerMs);
    this.#steps.restart();
  }

  /** The box has answered the restart. */
  answered(): void {
    clearTimeout(this.#answer);
  }

  /** It is over, one way or the other. */
  end(): void {
    this.#active = this.#restarted = false;
    for (const timer of [this.#restart, this.#answer, this.#limit]) clearTimeout(timer);
  }
}
