/**
 * How much may be in flight, and how fast it may be sent. An implementation reads no clock: times are
 * parameters, in milliseconds from any fixed start; sizes are bytes.
 */
export interface CongestionController {
  readonly name: string;
  /** Bytes that may be in flight. */
  readonly window: number;
  /** Bytes per millisecond at which to send, or undefined where nothing is paced. */
  readonly pacingRate: number | undefined;
  /** Bytes were sent; `inFlight` is what was in flight before them. */
  onSent(bytes: number, inFlight: number, now: number): void;
  /** A SACK acknowledged something for the first time. Losses it showed come as {@link onLoss} before. */
  onAck(sample: AckSample, now: number): void;
  /** Chunks were found lost, by what came after them or by a tail probe. */
  onLoss(sample: LossSample, now: number): void;
  /** The retransmission timer expired: everything in flight is taken for lost. */
  onTimeout(now: number): void;
}

/** What one SACK showed, and the delivery rate it measured (draft-ietf-ccwg-bbr, section 4.1.1). */
export interface AckSample {
  /** Bytes acknowledged for the first time. */
  readonly acked: number;
  /** Bytes in flight after it, and before it. */
  readonly inFlight: number;
  readonly priorInFlight: number;
  /** Round-trip time of the chunk sent last among them, in ms; undefined where it was retransmitted. */
  readonly rtt: number | undefined;
  /** Smoothed, and the least of the connection so far, in ms. */
  readonly smoothedRtt: number;
  readonly minRtt: number;
  /** Bytes delivered since the connection began. */
  readonly delivered: number;
  /** `delivered` when the chunk sent last among the acknowledged ones was sent: marks round trips. */
  readonly priorDelivered: number;
  /** Bytes per ms over the sample's interval; undefined where the interval is too short to tell. */
  readonly deliveryRate: number | undefined;
  /** Bytes found lost during the sample's interval. */
  readonly lost: number;
  /** The sender had not enough to send while the sample was taken, so the rate is only a lower bound. */
  readonly appLimited: boolean;
  /** Whether the sender could have used a larger window when the SACK came. */
  readonly windowLimited: boolean;
}

export interface LossSample {
  /** Bytes newly found lost. */
  readonly lost: number;
  /** Bytes in flight after they were taken out. */
  readonly inFlight: number;
  /** When the newest lost chunk was sent, in ms: one reduction for each round trip of losses. */
  readonly sentAt: number;
  /** Bytes delivered since the connection began, and when that newest lost chunk was sent. */
  readonly delivered: number;
  readonly priorDelivered: number;
}

/** What a controller starts from. */
export interface ControllerOptions {
  /** Bytes of the largest packet. */
  readonly maxPacketSize: number;
  /** Uniform in 0 to 1, for probing at times that differ between flows. */
  readonly random: () => number;
}

export type ControllerFactory = (options: ControllerOptions) => CongestionController;
