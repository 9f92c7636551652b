import type { AckSample, CongestionController, ControllerOptions, LossSample } from "./controller.ts";
import { FullPipe } from "./bbr_full_pipe.ts";
import { PathModel } from "./bbr_model.ts";
import { BandwidthProbe } from "./bbr_probe_bandwidth.ts";
import * as parameters from "./bbr_parameters.ts";
import { INITIAL_PACKETS } from "./initial_window.ts";

type State =
  /** Doubles each round until no more is delivered. */
  | "startup"
  /** Lets the queue that startup made run empty. */
  | "drain"
  /** The cycle of {@link BandwidthProbe}. */
  | "probe bandwidth"
  /** Little in flight for a moment, to measure the path without a queue of its own. */
  | "probe rtt";

/** BBR version 3 (draft-ietf-ccwg-bbr-02); sections named in comments are the draft's. */
export class Bbr implements CongestionController {
  readonly name = "bbr";
  readonly #model = new PathModel();
  readonly #pipe = new FullPipe();
  readonly #probe: BandwidthProbe;
  readonly #packet: number;
  readonly #leastWindow: number;
  readonly #initialWindow: number;
  #state: State = "startup";
  #window: number;
  #pacingRate: number | undefined;
  #savedWindow = 0;
  /** When the probe of the round-trip time may end, in ms; undefined until little is in flight. */
  #probeRttUntil: number | undefined;
  #idle = false;
  #delivered = 0;

  constructor(options: ControllerOptions) {
    this.#packet = options.maxPacketSize;
    this.#leastWindow = parameters.MIN_WINDOW_PACKETS * this.#packet;
    this.#initialWindow = this.#window = INITIAL_PACKETS * this.#packet;
    const window = () => this.#window;
    this.#probe = new BandwidthProbe(this.#model, this.#pipe, {
      get window() {
        return window();
      },
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
    if (this.#state === "probe bandwidth") this.#pace(1);
    else if (this.#state === "probe rtt") this.#endProbeRttWhenDue(now);
  }

  onAck(sample: AckSample, now: number): void {
    const model = this.#model;
    this.#delivered = sample.delivered;
    model.onAck(sample, this.#window, now);
    if (model.lossRounds.started) this.#judgeLosses();
    this.#leaveStartup(sample, now);
    this.#probe.onAck(sample, this.#state === "probe bandwidth", now);
    this.#probeRtt(sample, now);
    model.advanceLossRound(sample);
    this.#pace(this.#pacingGain());
    this.#setWindow(sample);
    this.#idle = false;
  }

  onLoss(sample: LossSample): void {
    this.#model.onLoss(sample);
  }

  onTimeout(): void {
    this.#savedWindow = Math.max(this.#savedWindow, this.#window);
    this.#window = this.#leastWindow;
  }

  #judgeLosses(): void {
    const model = this.#model;
    const { losses, queued } = model;
    if (
      this.#state !== "drain" && !(this.#state === "probe bandwidth" && this.#probe.phase === "up") &&
      !queued && !(this.#state === "startup" && this.#pipe.rounds > 0)
    ) losses.learn();
    if (!this.#probing() && losses.excessive(losses.share, queued)) model.lowerBounds(this.#window);
  }

  #probing(): boolean {
    if (this.#state === "startup") return true;
    return this.#state === "probe bandwidth" &&
      (this.#probe.phase === "refill" || this.#probe.phase === "up");
  }

  #leaveStartup(sample: AckSample, now: number): void {
    const model = this.#model;
    if (!this.#pipe.now && !sample.appLimited && (this.#state === "startup" || this.#probe.phase === "up")) {
      this.#pipe.onAck(sample.deliveryRate ?? 0, model.rounds.started);
    }
    if (this.#state === "startup") {
      const { losses } = model;
      if (
        model.lossRounds.started && losses.events >= parameters.STARTUP_FULL_LOSSES &&
        losses.excessive(losses.share, false) && this.#pipe.rounds > 0
      ) {
        this.#pipe.declare();
        model.ceiling = Math.max(model.product(1, model.maxBandwidth), model.latestDelivered);
      }
      if (this.#pipe.reached) this.#state = "drain";
    }
    if (this.#state === "drain" && sample.inFlight <= model.product()) {
      this.#state = "probe bandwidth";
      this.#probe.goDown(sample.delivered, now);
    }
  }

  #probeRtt(sample: AckSample, now: number): void {
    const { minRtt } = this.#model;
    if (this.#state !== "probe rtt") {
      if (!minRtt.probeDue || this.#idle) return;
      this.#state = "probe rtt";
      this.#savedWindow = this.#window;
      this.#probeRttUntil = undefined;
      return;
    }
    if (this.#probeRttUntil === undefined) {
      if (sample.inFlight <= this.#probeRttWindow()) {
        this.#probeRttUntil = now + parameters.PROBE_RTT_DURATION;
        this.#model.rounds.restart(sample.delivered);
      }
    } else this.#endProbeRttWhenDue(now);
  }

  #endProbeRttWhenDue(now: number): void {
    if (this.#probeRttUntil === undefined || now < this.#probeRttUntil) return;
    const model = this.#model;
    model.minRtt.refresh(now);
    this.#restoreWindow();
    if (!this.#pipe.reached) {
      this.#state = "startup";
      return;
    }
    model.liftBounds();
    this.#state = "probe bandwidth";
    this.#probe.goDown(this.#delivered, now);
    this.#probe.cruise();
  }

  #restoreWindow(): void {
    this.#window = Math.max(this.#window, this.#savedWindow);
    this.#savedWindow = 0;
  }

  #probeRttWindow(): number {
    return Math.max(this.#model.product(parameters.PROBE_RTT_WINDOW_GAIN), this.#leastWindow);
  }

  #pacingGain(): number {
    switch (this.#state) {
      case "startup":
        return parameters.STARTUP_PACING_GAIN;
      case "drain":
        return parameters.DRAIN_PACING_GAIN;
      case "probe rtt":
        return 1;
      case "probe bandwidth":
        if (this.#probe.phase === "down") return parameters.DOWN_PACING_GAIN;
        return this.#probe.phase === "up" ? parameters.UP_PACING_GAIN : 1;
    }
  }

  #pace(gain: number): void {
    const { bandwidth } = this.#model;
    if (bandwidth === 0) return;
    const rate = gain * bandwidth * (1 - parameters.PACING_MARGIN);
    if (this.#pipe.reached || rate > (this.#pacingRate ?? 0)) this.#pacingRate = rate;
  }

  #setWindow(sample: AckSample): void {
    const model = this.#model;
    const gain = this.#state === "probe bandwidth" && this.#probe.phase === "up"
      ? parameters.UP_WINDOW_GAIN
      : parameters.WINDOW_GAIN;
    // Section 5.6.4.2: a burst of a millisecond, twice, so that the last ACK of one is not waited for.
    const burst = Math.max(2 * this.#packet, this.#pacingRate ?? 0);
    const enough = model.product(gain) + model.extra.value + 2 * burst;
    if (this.#pipe.reached) this.#window = Math.min(this.#window + sample.acked, enough);
    else if (this.#window < enough || sample.delivered < this.#initialWindow) this.#window += sample.acked;
    this.#window = Math.max(this.#window, this.#leastWindow);
    if (this.#state === "probe rtt") this.#window = Math.min(this.#window, this.#probeRttWindow());
    this.#window = Math.max(Math.min(this.#window, this.#cap()), this.#leastWindow);
  }

  /** What losses allow in flight (section 5.6.4.7). */
  #cap(): number {
    const model = this.#model;
    let cap = Infinity;
    if (this.#state === "probe bandwidth" && this.#probe.phase !== "cruise") cap = model.ceiling;
    else if (this.#state === "probe bandwidth" || this.#state === "probe rtt") {
      cap = model.ceilingWithHeadroom(this.#leastWindow);
    }
    return Math.min(cap, model.inFlightBound);
  }
}
