import type { Scenario } from "./scenario.ts";

const BURSTS = { enter: 0.01, leave: 0.25 };
const SWAY = { ms: 3, spell: 10 };

/** Bytes that `rate` Mbit/s carry in `ms`. */
function bytes(rate: number, ms: number): number {
  return rate * 125 * ms;
}

/** Paths with one flow. Delays are of one way: half of the round-trip time that the name tells. */
export const SOLO: readonly Scenario[] = [
  { name: "50 Mbit/s, 40 ms", up: { rate: 50, delay: 20, queue: { ms: 40 } }, seconds: 20 },
  { name: "50 Mbit/s, 40 ms, 1 %", up: { rate: 50, delay: 20, queue: { ms: 40 }, loss: 0.01 }, seconds: 20 },
  {
    name: "50 Mbit/s, 150 ms, 1 %",
    up: { rate: 50, delay: 75, queue: { ms: 150 }, loss: 0.01 },
    seconds: 20,
  },
  { name: "1 Gbit/s, 100 ms", up: { rate: 1_000, delay: 50, queue: { ms: 50 } }, seconds: 15 },
  { name: "20 Mbit/s, 40 ms, queue 1 s", up: { rate: 20, delay: 20, queue: { ms: 1_000 } }, seconds: 30 },
  {
    name: "30 Mbit/s, 60 ms, bursts, jitter 3 ms",
    up: { rate: 30, delay: 30, queue: { ms: 60 }, burstLoss: BURSTS, jitter: 3 },
    seconds: 30,
  },
  {
    name: "the same, reordering",
    up: { rate: 30, delay: 30, queue: { ms: 60 }, burstLoss: BURSTS, jitter: 3, reorder: true },
    seconds: 30,
  },
  {
    name: "30 Mbit/s, 60 ms, bursts, sways by 3 ms",
    up: { rate: 30, delay: 30, queue: { ms: 100 }, burstLoss: BURSTS, sway: SWAY },
    down: { rate: 30, delay: 30, queue: { ms: 100 }, burstLoss: BURSTS, sway: SWAY },
    timerGranularity: 1,
    seconds: 40,
  },
  {
    name: "50 Mbit/s, 40 ms, 0.1 %, sways by 3 ms",
    up: { rate: 50, delay: 20, queue: { ms: 100 }, loss: 0.001, sway: SWAY },
    down: { rate: 50, delay: 20, queue: { ms: 100 }, sway: SWAY },
    timerGranularity: 1,
    seconds: 40,
  },
  { name: "20 Mbit/s, 40 ms, queue 2 ms", up: { rate: 20, delay: 20, queue: { ms: 2 } }, seconds: 30 },
  {
    name: "10 Mbit/s up, 100 down, 30 ms, call of 2",
    up: { rate: 10, delay: 15, queue: { ms: 200 } },
    down: { rate: 100, delay: 15 },
    cross: { rate: 2 },
    seconds: 30,
  },
  {
    name: "20 Mbit/s, 40 ms, 8 for 10 s",
    up: { rate: 20, delay: 20, queue: { ms: 200 } },
    rates: [[10, 8], [20, 20]],
    seconds: 30,
  },
  {
    name: "50 Mbit/s, 40 ms, 8 offered, 1 %",
    up: { rate: 50, delay: 20, queue: { ms: 40 }, loss: 0.01 },
    offered: 8,
    seconds: 30,
  },
  {
    name: "50 Mbit/s, 40 ms, 1 %, window 1 MiB, timers 1 ms",
    up: { rate: 50, delay: 20, queue: { ms: 40 }, loss: 0.01 },
    window: 1 << 20,
    timerGranularity: 1,
    seconds: 20,
  },
];

/**
 * A little jitter, in ms: without it two regular flows fall into step, and who meets the full queue is
 * always the same one.
 */
const OUT_OF_STEP = 0.5;

/** Bottlenecks to share: queues of a quarter, one and four bandwidth-delay products, and two rates. */
export const SHARED: readonly Scenario[] = [
  { name: "20 Mbit/s, 40 ms, 1/4 BDP", rate: 20, rtt: 40, queue: 0.25 },
  { name: "20 Mbit/s, 40 ms, 1 BDP", rate: 20, rtt: 40, queue: 1 },
  { name: "20 Mbit/s, 40 ms, 4 BDP", rate: 20, rtt: 40, queue: 4 },
  { name: "50 Mbit/s, 20 ms, 1 BDP", rate: 50, rtt: 20, queue: 1 },
  { name: "10 Mbit/s, 80 ms, 1 BDP", rate: 10, rtt: 80, queue: 1 },
].map(({ name, rate, rtt, queue }) => ({
  name,
  up: { rate, delay: rtt / 2, queue: { bytes: queue * bytes(rate, rtt) }, jitter: OUT_OF_STEP },
  seconds: 70,
  warmUp: 10,
}));
