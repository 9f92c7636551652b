import type { AckSample } from "./controller.ts";
import { CUBIC_SCALE, CubicCurve, RENO_GROWTH } from "./cubic_curve.ts";

/**
 * A paced flow loses less often than one in bursts that shares its queue. With two thirds of the growth
 * that RFC 9438 takes for Reno's equal it gets, in simulation, about as much as a Reno flow.
 */
const GROWTH = RENO_GROWTH / 2;

const SCALE = CUBIC_SCALE / 4;

/**
 * Where the path loses by itself more than this share, it may have been the path, and jitter that looked
 * like a queue: after so many rounds without a queue nobody is there. On a path without losses of its own
 * the queue runs empty after others have halved, and they must be let grow back.
 */
const NOISY = 0.0005;
const EMPTY_ROUNDS = 4;

/**
 * What may be in flight beside flows that fill the queue and halve at losses.
 *
 * The draft's model has no place for them: they take what its headroom leaves, its probes take it back
 * with losses for both, and who wins follows from the length of the queue (simulated: 55 to 90 % for
 * BBR). So once losses come while the queue stands, the window is that of a CUBIC flow, and there are no
 * probes, until this window has grown past what the model wants: then the others are gone.
 */
export class Contention {
  /** Bytes; Infinity where nobody contends. */
  window = Infinity;
  /** When the window was last reduced, in ms. */
  reducedAt = -Infinity;
  readonly #packet: number;
  #curve: CubicCurve;
  #emptyRounds = 0;

  constructor(packet: number) {
    this.#packet = packet;
    this.#curve = new CubicCurve(packet, GROWTH, SCALE);
  }

  get active(): boolean {
    return this.window < Infinity;
  }

  /** A round with `inFlight` bytes had losses, and a queue. */
  onLosses(inFlight: number, least: number, now: number): void {
    this.reducedAt = now;
    this.window = Math.max(this.#curve.reduce(Math.min(this.window, inFlight)), least);
  }

  onAck(sample: AckSample, now: number): void {
    if (!this.active) return;
    if (sample.windowLimited) {
      this.window = this.#curve.grow(this.window, sample.acked, sample.smoothedRtt, now);
    } else this.#curve.idle(now);
  }

  /** A round is over; `noise` is the share of losses that the path makes. */
  onRound(queued: boolean, noise: number): void {
    this.#emptyRounds = queued ? 0 : this.#emptyRounds + 1;
    if (noise > NOISY && this.#emptyRounds >= EMPTY_ROUNDS) this.end();
  }

  end(): void {
    this.window = Infinity;
    this.#curve = new CubicCurve(this.#packet, GROWTH, SCALE);
  }
}
