import assert from "node:assert/strict";
import {
  type ControllerName,
  CONTROLLERS,
  DEFAULT_CONTROLLER,
} from "../../../../src/rtc/sctp/congestion/mod.ts";
import { Driver, PACKET } from "./samples.ts";

/** What holds for every controller. */
for (const [name, factory] of Object.entries(CONTROLLERS)) {
  Deno.test(`${name}: has the name it is chosen by`, () => {
    assert.equal(factory({ maxPacketSize: PACKET, random: () => 0 }).name, name);
  });

  Deno.test(`${name}: starts with ten packets (RFC 6928), unpaced for want of a measurement`, () => {
    const driver = new Driver(factory);
    assert.equal(driver.packets, 10);
    assert.equal(driver.controller.pacingRate, undefined);
  });

  Deno.test(`${name}: a few words before there is anything to send do not slow down what comes then`, () => {
    const driver = new Driver(factory);
    for (let word = 0; word < 5; word++) {
      driver.now += 100;
      driver.ack(32, {
        inFlight: 0,
        priorInFlight: 32,
        priorDelivered: driver.delivered,
        deliveryRate: 32 / 100,
        windowLimited: false,
        appLimited: true,
      });
    }
    assert.ok(driver.packets >= 10, `${driver.packets} packets`);
    const { pacingRate } = driver.controller;
    assert.ok(pacingRate === undefined || pacingRate >= 10 * PACKET / 100, `${pacingRate} bytes per ms`);
  });

  Deno.test(`${name}: about doubles each round until something speaks against it`, () => {
    const driver = new Driver(factory);
    for (let round = 0; round < 5; round++) driver.round();
    assert.ok(driver.packets > 100 && driver.packets <= 640, `${driver.packets} packets`);
  });

  Deno.test(`${name}: a window nobody makes use of does not grow without end`, () => {
    const driver = new Driver(factory);
    for (let round = 0; round < 200; round++) {
      driver.now += 100;
      driver.ack(2 * PACKET, { windowLimited: false, appLimited: true, deliveryRate: 2 * PACKET / 100 });
    }
    assert.ok(driver.packets < 30, `${driver.packets} packets`);
  });

  Deno.test(`${name}: whatever comes, window and rate stay numbers that let something be sent`, () => {
    const driver = new Driver(factory);
    for (let round = 0; round < 300; round++) {
      if (round % 7 === 3) driver.lose(1 + round % 5);
      if (round % 41 === 40) driver.controller.onTimeout(driver.now);
      driver.round(
        round % 5 === 0
          ? { rtt: undefined, deliveryRate: undefined, windowLimited: false }
          : { rtt: 100 + round % 60, lost: round % 7 === 3 ? PACKET : 0 },
      );
      const { window, pacingRate } = driver.controller;
      assert.ok(Number.isFinite(window) && window >= PACKET, `window ${window}`);
      assert.ok(pacingRate === undefined || (Number.isFinite(pacingRate) && pacingRate > 0), `${pacingRate}`);
    }
  });

  Deno.test(`${name}: a timeout leaves a few packets, and from there it grows again`, () => {
    const driver = new Driver(factory);
    for (let round = 0; round < 4; round++) driver.round();
    driver.controller.onTimeout(driver.now);
    assert.ok(driver.packets <= 4, `${driver.packets} packets`);
    for (let round = 0; round < 6; round++) driver.round();
    assert.ok(driver.packets > 20, `${driver.packets} packets`);
  });
}

for (const name of ["new-reno", "cubic"] satisfies ControllerName[]) {
  Deno.test(`${name}: one reduction for all losses of a round trip`, () => {
    const driver = new Driver(CONTROLLERS[name]);
    for (let round = 0; round < 4; round++) driver.round();
    const before = driver.packets;
    driver.lose(3);
    const after = driver.packets;
    assert.ok(Math.abs(after / before - (name === "cubic" ? 0.7 : 0.5)) < 1e-9);
    driver.now += 20;
    driver.lose(5, 50);
    assert.equal(driver.packets, after);
    driver.now += 200;
    driver.lose(1);
    assert.ok(driver.packets < after);
  });
}

Deno.test("bbr: scattered losses without a queue do not shrink the window", () => {
  const driver = new Driver(CONTROLLERS.bbr);
  const rate = 500;
  const round = () => driver.round({ deliveryRate: rate });
  for (let i = 0; i < 20; i++) round();
  const before = driver.controller.pacingRate!;
  for (let i = 0; i < 60; i++) {
    driver.lose(1);
    round();
  }
  const after = driver.controller.pacingRate!;
  assert.ok(after > 0.85 * before, `${before} then ${after} bytes per ms`);
  assert.ok(driver.controller.window >= rate * 100, `${driver.controller.window} bytes`);
});

Deno.test("the default is one of the controllers", () => {
  assert.ok(DEFAULT_CONTROLLER in CONTROLLERS);
});
