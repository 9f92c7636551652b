import type { AckSample, CongestionController, ControllerOptions, LossSample } from "./controller.ts";
import { Contention } from "./bbr_contention.ts";
import { FullPipe } from "./bbr_full_pipe.ts";
import { PathModel } from "./bbr_model.ts";
import { BandwidthProbe, type Phase } from "./bbr_probe_bandwidth.ts";
import { RttProbe } from "./bbr_probe_rtt.ts";
import * as parameters from "./bbr_parameters.ts";
import { INITIAL_PACKETS } from "./initial_window.ts";

/** Besides these there is the probe of the round-trip time, which any of them can be in. */
type State =
  /** Doubles each round until no more is delivered. */
  | "startup"
  /** Lets the queue that startup made run empty. */
  | "drain"
  /** The cycle of {@link BandwidthProbe}. */
  | "cycle";

/**
 * BBR version 3 (draft-ietf-ccwg-bbr-02): sends at the bandwidth it measures, so that losses alone do not
 * slow it down and queues stay short. Sections named in comments are the draft's.
 *
 * It differs from the draft in two things: losses that the path makes by itself are told from those of
 * congestion ({@link LossMeter}), and beside flows that fill the queue it becomes one of them
 * ({@link Contention}).
 */
export class Bbr implements CongestionController {
  readonly name = "bbr";
  readonly #model = new PathModel();
  readonly #pipe = new FullPipe();
  readonly #cycle: BandwidthProbe;
  readonly #rttProbe: RttProbe;
  readonly #contention: Contention;
  readonly #packet: number;
  readonly #leastWindow: number;
  readonly #initialWindow: number;
  #state: State = "startup";
  #window: number;
  #pacingRate: number | undefined;
  /** Whether what is sent now comes after nothing was in flight. */
  #idle = false;
  #delivered = 0;

  constructor(options: ControllerOptions) {
    this.#packet = options.maxPacketSize;
    this.#leastWindow = parameters.MIN_WINDOW_PACKETS * this.#packet;
    this.#initialWindow = this.#window = INITIAL_PACKETS * this.#packet;
    this.#contention = new Contention(this.#packet);
    this.#rttProbe = new RttProbe(this.#model, this.#leastWindow);
    this.#cycle = new BandwidthProbe(this.#model, this.#pipe, {
      window: () => this.#window,
      contended: () => this.#contention.active,
      packet: this.#packet,
      random: options.random,
    });
  }

  get window(): number {
    return this.#window;
  }

  get pacingRate(): number | undefined {
    return this.#pacingRate;
  }

  onSent(_bytes: number, inFlight: number, now: number): void {
    if (inFlight > 0) return;
    // Section 5.4.1: after idling at the bandwidth, not at a probe's gain.
    this.#idle = true;
    if (this.#rttProbe.active) this.#endRttProbeWhenDue(now);
    else if (this.#state === "cycle") this.#pace(1);
  }

  onAck(sample: AckSample, now: number): void {
    const model = this.#model;
    this.#delivered = sample.delivered;
    model.onAck(sample, this.#window, now);
    if (model.lossRounds.started) this.#judgeLosses(sample, now);
    this.#contention.onAck(sample, now);
    this.#fillPipe(sample, now);
    this.#cycle.onAck(sample, this.#phase !== undefined, now);
    this.#probeRtt(sample, now);
    model.advanceLossRound(sample);
    this.#pace(this.#pacingGain());
    this.#setWindow(sample);
    this.#idle = false;
  }

  onLoss(sample: LossSample): void {
    // One reduction for each round trip: what was sent before it says nothing about the window after it.
    if (sample.sentAt > this.#contention.reducedAt) this.#model.onLoss(sample);
  }

  /** Section 5.6.4.4. What is known of the path stays; the window grows back with what arrives. */
  onTimeout(): void {
    this.#window = this.#leastWindow;
  }

  /** The phase of the cycle, while it runs. */
  get #phase(): Phase | undefined {
    return this.#state === "cycle" && !this.#rttProbe.active ? this.#cycle.phase : undefined;
  }

  /** A round of losses is over: what does it say? */
  #judgeLosses(sample: AckSample, now: number): void {
    const model = this.#model;
    const { losses, queued } = model;
    const cycle = this.#cycle;
    const up = this.#phase === "up";
    this.#contention.onRound(queued, losses.noise);
    if (cycle.settling) {
      // The losses are those of this flow's own probe, unless somebody was there before.
      cycle.settling = false;
      if (!cycle.queuedBefore) return;
    } else if (up) {
      if (!cycle.queuedBefore) return;
    } else {
      if (this.#state !== "cycle" || this.#phase === "refill") return;
      if (!queued) losses.learn();
    }
    // Two rounds in a row: for the time of one, jitter looks like a queue.
    if (queued && model.wasQueued && losses.excessiveQueued(losses.share)) {
      const inFlight = sample.delivered - sample.priorDelivered + sample.lost;
      this.#contention.onLosses(inFlight, this.#leastWindow, now);
      if (up) cycle.goDown(sample.delivered, now);
      cycle.queuedBefore = false;
    } else if (!queued && !up && losses.excessive(losses.share)) model.lowerBounds(this.#window);
  }

  /** Startup, drain, and whether a probe for bandwidth has found any. */
  #fillPipe(sample: AckSample, now: number): void {
    const model = this.#model;
    const pipe = this.#pipe;
    const measuring = this.#state === "startup" || this.#phase === "up";
    if (measuring && !sample.appLimited && sample.deliveryRate !== undefined) {
      pipe.onAck(sample.deliveryRate, model.rounds.started);
    }
    if (this.#state === "startup") {
      if (this.#startupLosses()) {
        pipe.declare();
        model.ceiling = Math.max(model.product(1, model.maxBandwidth), model.latestDelivered);
      }
      if (pipe.reached) this.#state = "drain";
    }
    if (this.#state === "drain" && sample.inFlight <= model.product()) {
      this.#state = "cycle";
      this.#cycle.goDown(sample.delivered, now);
    }
  }

  /** Section 5.3.1.3; but while the bandwidth still grows losses are the path's. */
  #startupLosses(): boolean {
    const { losses, lossRounds } = this.#model;
    return lossRounds.started && losses.events >= parameters.STARTUP_FULL_LOSSES &&
      losses.excessive(losses.share) && this.#pipe.rounds > 0;
  }

  #probeRtt(sample: AckSample, now: number): void {
    if (this.#rttProbe.active) {
      this.#endRttProbeWhenDue(now);
      if (this.#rttProbe.active) this.#rttProbe.onAck(sample, now);
    } else if (this.#model.minRtt.probeDue && !this.#idle) this.#rttProbe.begin(this.#window);
  }

  #endRttProbeWhenDue(now: number): void {
    const window = this.#rttProbe.end(now);
    if (window === undefined) return;
    this.#window = Math.max(this.#window, window);
    if (!this.#rttProbe.queued) this.#contention.end();
    if (!this.#pipe.reached) return;
    this.#model.liftBounds();
    this.#state = "cycle";
    this.#cycle.goDown(this.#delivered, now);
    this.#cycle.cruise();
  }

  #pacingGain(): number {
    if (this.#rttProbe.active) return 1;
    if (this.#state === "startup") return parameters.STARTUP_PACING_GAIN;
    if (this.#state === "drain") return parameters.DRAIN_PACING_GAIN;
    if (this.#contention.active) return parameters.CONTENDED_PACING_GAIN;
    if (this.#cycle.phase === "down") return parameters.DOWN_PACING_GAIN;
    return this.#cycle.phase === "up" ? parameters.UP_PACING_GAIN : 1;
  }

  #pace(gain: number): void {
    const { bandwidth } = this.#model;
    if (bandwidth === 0) return;
    let rate = gain * bandwidth * (1 - parameters.PACING_MARGIN);
    // Section 5.6.2: what was said before there was anything to send measures no path.
    if (!this.#pipe.reached) rate = Math.max(rate, gain * this.#initialWindow / this.#leastRtt);
    if (this.#pipe.reached || rate > (this.#pacingRate ?? 0)) this.#pacingRate = rate;
  }

  /** In ms; no less than the clock tells apart. */
  get #leastRtt(): number {
    return Math.max(1, this.#model.minRtt.value);
  }

  #setWindow(sample: AckSample): void {
    const model = this.#model;
    const wanted = this.#wantedInFlight();
    if (this.#contention.window >= wanted) this.#contention.end();
    if (this.#pipe.reached) this.#window = Math.min(this.#window + sample.acked, wanted);
    else if (this.#window < wanted || sample.delivered < this.#initialWindow) this.#window += sample.acked;
    let cap = model.inFlightBound;
    if (this.#rttProbe.active) cap = Math.min(cap, this.#rttProbe.window);
    // Beside others the ceiling is none: it was found when they had other shares.
    if (this.#contention.active) cap = Math.min(cap, this.#contention.window);
    else if (this.#phase === "cruise" || this.#rttProbe.active) {
      cap = Math.min(cap, model.ceilingWithHeadroom(this.#leastWindow));
    } else if (this.#state === "cycle") cap = Math.min(cap, model.ceiling);
    this.#window = Math.max(Math.min(this.#window, cap), this.#leastWindow);
  }

  /** What fills the path, with what acknowledgements hold back and what timers send at once. */
  #wantedInFlight(): number {
    const gain = this.#contention.active
      ? parameters.CONTENDED_WINDOW_GAIN
      : this.#phase === "up"
      ? parameters.UP_WINDOW_GAIN
      : parameters.WINDOW_GAIN;
    const burst = Math.max(2 * this.#packet, (this.#pacingRate ?? 0) * parameters.BURST);
    return this.#model.product(gain) + this.#model.extra.value + parameters.BURSTS_IN_FLIGHT * burst;
  }
}
