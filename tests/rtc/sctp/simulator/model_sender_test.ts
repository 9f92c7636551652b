import assert from "node:assert/strict";
import type { AckSample, CongestionController } from "../../../../src/rtc/sctp/congestion/controller.ts";
import { Clock } from "./clock.ts";
import type { LinkOptions } from "./link.ts";
import { modelFlow } from "./model_flow.ts";
import { makePath } from "./path.ts";

/** Lets a fixed number of bytes be in flight, and notes what it is told. */
class Fixed implements CongestionController {
  readonly name = "fixed";
  readonly pacingRate: number | undefined;
  readonly window: number;
  readonly samples: AckSample[] = [];
  lost = 0;
  timeouts = 0;

  constructor(window: number, pacingRate?: number) {
    this.window = window;
    this.pacingRate = pacingRate;
  }

  onSent(): void {}
  onAck(sample: AckSample): void {
    this.samples.push(sample);
  }
  onLoss({ lost }: { lost: number }): void {
    this.lost += lost;
  }
  onTimeout(): void {
    this.timeouts++;
  }
}

function flow(controller: Fixed, up: LinkOptions, options: { window?: number; offered?: number } = {}) {
  const clock = new Clock();
  const path = makePath(clock, { up });
  const { window = 1 << 20, offered } = options;
  const plan = { clock, path, controller: () => controller, window, seed: 1 };
  return { clock, path, flow: modelFlow({ ...plan, ...(offered !== undefined && { offered }) }) };
}

Deno.test("model sender: a window for each round-trip time arrives", () => {
  const controller = new Fixed(100_000);
  const { clock, flow: { sender } } = flow(controller, { delay: 50 });
  clock.runUntil(10_000);
  const { delivered, rtt } = controller.samples.at(-1)!;
  assert.ok(Math.abs(delivered / (10_000 / 100 * 100_000) - 1) < 0.05, `${delivered} bytes`);
  assert.ok(Math.abs(rtt! - 100) < 1);
  assert.deepEqual({ ...sender.counts, sent: 0 }, {
    sent: 0,
    retransmitted: 0,
    spurious: 0,
    timeouts: 0,
    probes: 0,
  });
});

Deno.test("model sender: the receiver's window is a bound as well", () => {
  const controller = new Fixed(1 << 20);
  const { clock } = flow(controller, { delay: 50 }, { window: 50_000 });
  clock.runUntil(10_000);
  assert.ok(controller.samples.at(-1)!.delivered <= 10_000 / 100 * 50_000);
});

Deno.test("model sender: paced packets leave at the rate", () => {
  const controller = new Fixed(1 << 20, 250);
  const { clock, flow: { sender } } = flow(controller, { delay: 20 });
  clock.runUntil(4_000);
  assert.ok(Math.abs(sender.counts.sent * sender.payload / 4_000 / 250 - 1) < 0.01);
});

Deno.test("model sender: delivery rates are the bottleneck's, never much more", () => {
  const controller = new Fixed(200_000);
  const { clock, flow: { sender } } = flow(controller, { rate: 10, delay: 20 });
  clock.runUntil(5_000);
  const share = sender.payload / (sender.payload + 28 + 65);
  const rates = controller.samples.slice(200).map(({ deliveryRate }) => deliveryRate!);
  for (const rate of rates) assert.ok(Math.abs(rate / (10 * 125 * share) - 1) < 0.05, `${rate}`);
});

Deno.test("model sender: every loss is found and repaired, none twice", () => {
  const controller = new Fixed(100_000);
  const { clock, path, flow: measured } = flow(controller, { delay: 20, loss: 0.02, seed: 3 });
  const { sender } = measured;
  clock.runUntil(20_000);
  const { lost } = path.up.counts;
  assert.ok(lost > 500);
  assert.ok(Math.abs(controller.lost / sender.payload / lost - 1) < 0.02);
  assert.ok(sender.counts.spurious === 0 && sender.counts.timeouts === 0, JSON.stringify(sender.counts));
  const delivered = controller.samples.at(-1)!.delivered;
  assert.ok(measured.received > 0.99 * delivered, `${measured.received} of ${delivered} bytes`);
});

Deno.test("model sender: reordering is soon not taken for loss", () => {
  const controller = new Fixed(100_000);
  const { clock, flow: { sender } } = flow(controller, { rate: 50, delay: 20, jitter: 5, reorder: true });
  clock.runUntil(20_000);
  assert.ok(sender.counts.spurious < sender.counts.sent / 200, JSON.stringify(sender.counts));
});

Deno.test("model sender: a lost tail is probed for, and a dead path ends in timeouts", () => {
  const controller = new Fixed(100_000);
  const { clock, flow: { sender } } = flow(controller, { delay: 20, loss: 1 });
  clock.runUntil(10_000);
  assert.ok(controller.timeouts >= 3);
  assert.ok(sender.counts.sent < 1_000);
});

Deno.test("model sender: who offers less than the path carries is marked", () => {
  const controller = new Fixed(1 << 20);
  const { clock, flow: measured } = flow(controller, { rate: 50, delay: 20 }, { offered: 250_000 });
  clock.runUntil(10_000);
  assert.ok(Math.abs(measured.received / 2_500_000 - 1) < 0.02);
  const late = controller.samples.slice(50);
  assert.ok(late.every(({ appLimited, windowLimited }) => appLimited && !windowLimited));
});
