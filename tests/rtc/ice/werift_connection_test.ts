import assert from "node:assert/strict";
import { RTCIceGatherer } from "werift";
import { weriftConnection } from "../../../src/rtc/ice/werift_connection.ts";

Deno.test("ice: a werift whose parts are not where they are taken from is refused", () => {
  const gatherer = new RTCIceGatherer();
  assert.ok(weriftConnection(gatherer));
  Object.defineProperty(gatherer.connection, "ensureProtocol", { value: undefined });
  assert.throws(() => weriftConnection(gatherer), /not the one/);
});
