import assert from "node:assert/strict";
import { CONTROLLERS } from "../../../../src/rtc/sctp/congestion/mod.ts";
import { Driver, PACKET } from "./samples.ts";

Deno.test("new-reno: after a loss the window is half, and grows by a packet a round (RFC 9260, 7.2.2)", () => {
  const driver = new Driver(CONTROLLERS["new-reno"]);
  for (let round = 0; round < 3; round++) driver.round();
  driver.lose(1);
  const after = driver.packets;
  driver.round();
  for (let round = 0; round < 10; round++) driver.round();
  assert.ok(driver.packets - after >= 9 && driver.packets - after <= 11, `${after} to ${driver.packets}`);
});

Deno.test("new-reno: the window does not grow while losses are being repaired", () => {
  const driver = new Driver(CONTROLLERS["new-reno"]);
  for (let round = 0; round < 3; round++) driver.round();
  driver.lose(1);
  const after = driver.packets;
  for (let i = 0; i < 20; i++) driver.ack(2 * PACKET, { priorDelivered: 0 });
  assert.equal(driver.packets, after);
});

Deno.test("new-reno: idle time halves the window, down to four packets", () => {
  const driver = new Driver(CONTROLLERS["new-reno"]);
  for (let round = 0; round < 4; round++) driver.round();
  const before = driver.packets;
  driver.now += 2_050;
  driver.controller.onSent(PACKET, 0, driver.now);
  assert.equal(driver.packets, before / 4);
  driver.now += 60_000;
  driver.controller.onSent(PACKET, 0, driver.now);
  assert.equal(driver.packets, 4);
});
