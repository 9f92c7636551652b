import assert from "node:assert/strict";
import { RestartPolicy } from "../../src/thread/restart_policy.ts";

Deno.test("restart policy: the pause doubles from half a second to ten", () => {
  const policy = new RestartPolicy();
  // Far enough apart that not too many fail in one minute.
  const pauses = [0, 20, 40, 60, 80, 100, 120].map((seconds) => policy.died(seconds * 1_000));
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

Deno.test("restart policy: after a quiet minute it begins anew", () => {
  const policy = new RestartPolicy();
  policy.died(0);
  assert.equal(policy.died(59_999), 1_000);
  assert.equal(policy.died(119_999), 500);
});

Deno.test("restart policy: five failed replacements in a minute are too many", () => {
  const policy = new RestartPolicy();
  for (const seconds of [0, 10, 20, 30, 40]) assert.notEqual(policy.died(seconds * 1_000), undefined);
  assert.equal(policy.died(50_000), undefined);
});

Deno.test("restart policy: five that are spread over more than a minute are not", () => {
  const policy = new RestartPolicy();
  for (let seconds = 0; seconds < 3_600; seconds += 15) {
    assert.notEqual(policy.died(seconds * 1_000), undefined, `at ${seconds} s`);
  }
});
