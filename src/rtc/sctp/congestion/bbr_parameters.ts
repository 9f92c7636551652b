/** Figures of BBR version 3 (draft-ietf-ccwg-bbr-02), and what is set otherwise here, with the reason. */

/** Section 5.6.2: 1 % below the estimate, so that a queue made by an error of it drains by itself. */
export const PACING_MARGIN = 0.01;
/** Section 5.3.1: 4 ln 2, the least gain that doubles delivery each round. */
export const STARTUP_PACING_GAIN = 2.77;
/** Section 5.3.2. */
export const DRAIN_PACING_GAIN = 0.5;
/** Section 5.6.4: room for an unacknowledged round beside the one in flight. */
export const WINDOW_GAIN = 2;
/** Section 5.3.3.6: gains of the phases that probe for bandwidth. */
export const DOWN_PACING_GAIN = 0.9;
export const UP_PACING_GAIN = 1.25;
export const UP_WINDOW_GAIN = 2.25;

/**
 * Not in the draft: gains while other flows fill the queue. The window decides then, and pacing must not;
 * and it must have room to grow where their queue is as long as the path and longer.
 */
export const CONTENDED_PACING_GAIN = 1.25;
export const CONTENDED_WINDOW_GAIN = 3;

/** Section 2.7, BBRMinPipeCwnd: with fewer packets in flight delayed acknowledgements stall the flow. */
export const MIN_WINDOW_PACKETS = 4;
/** Section 5.6.3: what a timer sends at once, in ms of the pacing rate. */
export const BURST = 1;
/** Section 5.6.4.2: of which one arrives while another is acknowledged. */
export const BURSTS_IN_FLIGHT = 2;

/** Section 2.8, BBRLossThresh: the share of losses beyond which the flow has too much in flight. */
export const LOSS_THRESHOLD = 0.02;
/** Section 2.8, BBRBeta: what a reduction leaves. */
export const BETA = 0.7;
/** Section 2.8, BBRHeadroom: the share left free below the ceiling, for others to grow into. */
export const HEADROOM = 0.15;

/** Section 2.10, MaxBwFilterLen: cycles of probing the largest bandwidth is kept for. */
export const BANDWIDTH_CYCLES = 2;
/** Section 2.11, BBRExtraAckedFilterLen: rounds. */
export const EXTRA_ACKED_ROUNDS = 10;

/** Section 5.3.1.2: startup ends after this many rounds that grow by less than the factor. */
export const FULL_PIPE_ROUNDS = 3;
export const FULL_PIPE_GROWTH = 1.25;
/** Section 5.3.1.3, BBRStartupFullLossCnt: discontiguous losses in the round that ends startup. */
export const STARTUP_FULL_LOSSES = 6;

/** Section 2.13: how long a least round-trip time is believed, in ms. */
export const MIN_RTT_LIFETIME = 10_000;
/**
 * Section 2.13, ProbeRTTInterval, in ms. The draft probes each 5 s; a film pays for each probe, so the
 * probe waits until the estimate itself runs out.
 */
export const PROBE_RTT_INTERVAL = 10_000;
export const PROBE_RTT_DURATION = 200;
/** Section 2.13, BBRProbeRTTCwndGain. */
export const PROBE_RTT_WINDOW_GAIN = 0.5;

/** Section 5.3.3.5: a wait for the next probe, in ms and up to so much longer at random. */
export const PROBE_WAIT = 2_000;
export const PROBE_WAIT_RANDOM = 1_000;
/** Section 5.3.3.5: probe at least as often as Reno with the same window would see a loss, in rounds. */
export const RENO_ROUNDS_MAX = 63;
