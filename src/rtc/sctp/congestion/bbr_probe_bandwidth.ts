import type { AckSample } from "./controller.ts";
import type { FullPipe } from "./bbr_full_pipe.ts";
import type { PathModel } from "./bbr_model.ts";
import {
  BETA,
  LOSS_THRESHOLD,
  MIN_WINDOW_PACKETS,
  PROBE_WAIT,
  PROBE_WAIT_RANDOM,
  RENO_ROUNDS_MAX,
} from "./bbr_parameters.ts";

/** Phases of a cycle of probes (section 5.3.3). */
export type Phase =
  /** Sends less than is delivered, to drain what the probe left in the queue. */
  | "down"
  /** Sends at the bandwidth, with headroom below the ceiling. */
  | "cruise"
  /** Sends at the bandwidth for a round, without short-term bounds, to fill the path. */
  | "refill"
  /** Sends more, to see whether more is delivered. */
  | "up";

/** Which acknowledgements the present ones are: of what was sent in, or before, the probe. */
type AckPhase = "none" | "refilling" | "starting" | "feedback" | "stopping";

/** What the cycle asks of its owner. */
export interface CycleContext {
  /** The congestion window, in bytes. */
  readonly window: () => number;
  /** Whether other flows fill the queue: then there are no probes. */
  readonly contended: () => boolean;
  /** Bytes of a packet. */
  readonly packet: number;
  readonly random: () => number;
}

/** The cycle of probes for bandwidth, and the ceiling they find (sections 5.3.3 and 5.5.10.2). */
export class BandwidthProbe {
  phase: Phase = "down";
  /** Whether losses may still be those of the probe that is over. */
  settling = false;
  /** Whether a queue stood before the last probe: somebody else's, for this flow had drained its own. */
  queuedBefore = false;
  readonly #model: PathModel;
  readonly #pipe: FullPipe;
  readonly #context: CycleContext;
  #ackPhase: AckPhase = "none";
  #phaseBeganAt = 0;
  /** Wait for the next probe, in ms. */
  #wait = 0;
  #roundsSinceProbe = 0;
  #sampling = false;
  #upRounds = 0;
  /** Bytes acknowledged towards the next packet of growth, and how many make one. */
  #upAcked = 0;
  #upStep = Infinity;

  constructor(model: PathModel, pipe: FullPipe, context: CycleContext) {
    this.#model = model;
    this.#pipe = pipe;
    this.#context = context;
  }

  /** Bytes to have in flight: the path's product, within the ceiling. */
  get target(): number {
    return Math.min(this.#model.product(), this.#model.ceiling);
  }

  goDown(delivered: number, now: number): void {
    const { random } = this.#context;
    this.#model.restartLossRound(delivered);
    this.#upStep = Infinity;
    this.#roundsSinceProbe = Math.floor(random() * 2);
    this.#wait = PROBE_WAIT + random() * PROBE_WAIT_RANDOM;
    this.#phaseBeganAt = now;
    this.#ackPhase = "stopping";
    this.#model.rounds.restart(delivered);
    this.phase = "down";
    this.settling = true;
  }

  cruise(): void {
    this.phase = "cruise";
  }

  /** While not in this cycle only the ceiling follows the samples. */
  onAck(sample: AckSample, active: boolean, now: number): void {
    if (this.#model.rounds.started) this.#roundsSinceProbe++;
    if (!this.#pipe.reached) return;
    this.#adaptCeiling(sample, active, now);
    if (!active) return;
    switch (this.phase) {
      case "down":
        if (this.#probeDue(sample, now)) return;
        if (this.#drained(sample)) this.cruise();
        return;
      case "cruise":
        this.#probeDue(sample, now);
        return;
      case "refill":
        if (this.#model.rounds.started) this.#goUp(sample, now);
        return;
      case "up":
        if (this.#upDone(sample)) this.goDown(sample.delivered, now);
    }
  }

  #drained(sample: AckSample): boolean {
    const least = MIN_WINDOW_PACKETS * this.#context.packet;
    if (sample.inFlight > this.#model.ceilingWithHeadroom(least)) return false;
    return sample.inFlight <= this.#model.product(1, this.#model.maxBandwidth);
  }

  #probeDue(sample: AckSample, now: number): boolean {
    const packets = Math.min(this.target / this.#context.packet, RENO_ROUNDS_MAX);
    if (now - this.#phaseBeganAt <= this.#wait && this.#roundsSinceProbe < packets) return false;
    this.#model.liftBounds();
    if (this.#context.contended()) {
      this.#skipProbe(sample, now);
      return true;
    }
    this.#upRounds = 0;
    this.#upAcked = 0;
    this.#ackPhase = "refilling";
    this.#model.rounds.restart(sample.delivered);
    this.phase = "refill";
    return true;
  }

  /** A cycle without a probe; the bandwidth must be forgotten as with one. */
  #skipProbe(sample: AckSample, now: number): void {
    this.goDown(sample.delivered, now);
    this.settling = false;
    this.cruise();
  }

  #goUp(sample: AckSample, now: number): void {
    this.#sampling = true;
    this.queuedBefore = this.#model.wasQueued;
    this.#ackPhase = "starting";
    this.#model.rounds.restart(sample.delivered);
    this.#pipe.restart(sample.deliveryRate);
    this.#phaseBeganAt = now;
    this.phase = "up";
    this.#steepen();
  }

  #upDone(sample: AckSample): boolean {
    if (sample.windowLimited && this.#context.window() >= this.#model.ceiling) {
      // The ceiling holds the probe back, not the path.
      this.#pipe.restart(sample.deliveryRate);
      return false;
    }
    return this.#pipe.now;
  }

  #adaptCeiling(sample: AckSample, active: boolean, now: number): void {
    if (this.#model.rounds.started) {
      if (this.#ackPhase === "starting") this.#ackPhase = "feedback";
      else if (this.#ackPhase === "stopping") {
        this.#sampling = false;
        this.#ackPhase = "none";
        if (active && !sample.appLimited) this.#model.advanceCycle();
      }
    }
    const flight = sample.delivered - sample.priorDelivered + sample.lost;
    if (sample.lost > 0 && this.#tooMuch(sample.lost / flight)) {
      if (this.#sampling) this.#hitCeiling(sample, flight, active, now);
      return;
    }
    if (this.#model.ceiling === Infinity) return;
    this.#model.ceiling = Math.max(this.#model.ceiling, flight);
    if (active && this.phase === "up") this.#raiseCeiling(sample);
  }

  /** Section 5.5.10.2, with the path's own losses left out. */
  #tooMuch(share: number): boolean {
    const { losses, queued } = this.#model;
    return queued ? losses.excessiveQueued(share - LOSS_THRESHOLD) : losses.excessive(share);
  }

  #hitCeiling(sample: AckSample, flight: number, active: boolean, now: number): void {
    this.#sampling = false;
    if (!sample.appLimited) this.#model.ceiling = Math.max(flight, this.target * BETA);
    if (active && this.phase === "up") this.goDown(sample.delivered, now);
  }

  /** Growth by 1, 2, 4… packets a round, so that a ceiling far too low is soon left behind. */
  #raiseCeiling(sample: AckSample): void {
    if (!sample.windowLimited || this.#context.window() < this.#model.ceiling) return;
    this.#upAcked += sample.acked;
    if (this.#upAcked >= this.#upStep) {
      const steps = Math.floor(this.#upAcked / this.#upStep);
      this.#upAcked -= steps * this.#upStep;
      this.#model.ceiling += steps * this.#context.packet;
    }
    if (this.#model.rounds.started) this.#steepen();
  }

  #steepen(): void {
    const growth = 2 ** this.#upRounds;
    this.#upRounds = Math.min(this.#upRounds + 1, 30);
    this.#upStep = Math.max(this.#context.window() / growth, 1);
  }
}
