import assert from "node:assert/strict";
import { alternate } from "../../bench/measure/plan.ts";

Deno.test("every cell runs once in each round, every second round backwards", async () => {
  const ran: string[] = [];
  const results = await alternate(3, ["a", "b", "c"], (cell, round) => {
    ran.push(`${cell}${round}`);
    return Promise.resolve(`${cell}${round}`);
  });
  assert.deepEqual(ran, ["a0", "b0", "c0", "c1", "b1", "a1", "a2", "b2", "c2"]);
  assert.deepEqual(
    results,
    [["a0", "a1", "a2"], ["b0", "b1", "b2"], ["c0", "c1", "c2"]],
    "in order of rounds",
  );
});

Deno.test("a cell that fails ends the run", async () => {
  let runs = 0;
  const run = () => {
    runs++;
    return Promise.reject(new Error("not the file's bytes"));
  };
  await assert.rejects(alternate(2, ["a", "b"], run), /not the file's bytes/);
  assert.equal(runs, 1);
});
