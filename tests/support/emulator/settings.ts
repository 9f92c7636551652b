/** What one direction of a path does to its packets. */
export interface DirectionSettings {
  /** Share of packets lost, each by itself; 0 to 1. */
  readonly loss: number;
  /** Gilbert-Elliott: chances, at each packet, to enter and to leave the state in which all are lost. */
  readonly burstLoss: { readonly enter: number; readonly leave: number };
  /** Share of packets held back, so that later ones overtake them, and by how many ms. */
  readonly reorder: number;
  readonly reorderMs: number;
  /** Share of packets that come twice. */
  readonly duplicate: number;
  /** Propagation, in ms. */
  readonly delay: number;
  /** Further delay, uniform from 0 to this, in ms; a packet behind a late one waits for it. */
  readonly jitter: number;
  /** Mbit/s, IP and UDP headers included; 0: unlimited. */
  readonly rate: number;
  /** Drop-tail queue before the rate, in bytes or in ms of the rate. */
  readonly queue: { readonly bytes: number } | { readonly ms: number };
}

/** Settings of a path; those of a direction go before those of both. */
export interface PathSettings {
  readonly both?: Partial<DirectionSettings>;
  /** From the viewer to the box. */
  readonly up?: Partial<DirectionSettings>;
  /** From the box to the viewer. */
  readonly down?: Partial<DirectionSettings>;
}

export const DIRECTIONS = ["up", "down"] as const;
export type Direction = typeof DIRECTIONS[number];

/** A path that does nothing. */
export const CLEAR: DirectionSettings = {
  loss: 0,
  burstLoss: { enter: 0, leave: 1 },
  reorder: 0,
  reorderMs: 0,
  duplicate: 0,
  delay: 0,
  jitter: 0,
  rate: 0,
  queue: { ms: 100 },
};

/** A bad radio link: 20 ms there and back, and each way 5 % lost, 5 % overtaken and 1 % doubled. */
export const LOSSY: Partial<DirectionSettings> = {
  loss: 0.05,
  reorder: 0.05,
  reorderMs: 5,
  duplicate: 0.01,
  delay: 10,
};

/** @throws {RangeError} for a share outside 0 to 1, a negative time, rate or queue */
export function checkSettings(settings: DirectionSettings): void {
  const { loss, burstLoss, reorder, duplicate, reorderMs, delay, jitter, rate, queue } = settings;
  // Not just by comparison: to that null, which JSON makes of NaN and Infinity, is 0.
  const shares = { loss, enter: burstLoss.enter, leave: burstLoss.leave, reorder, duplicate };
  for (const [name, value] of Object.entries(shares)) {
    if (Number.isFinite(value) && value >= 0 && value <= 1) continue;
    throw new RangeError(`${name} is a share from 0 to 1, not ${value}`);
  }
  const amounts = { reorderMs, delay, jitter, rate, ...queue };
  for (const [name, value] of Object.entries(amounts)) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw new RangeError(`${name} is a finite number from 0 upwards, not ${value}`);
  }
}
