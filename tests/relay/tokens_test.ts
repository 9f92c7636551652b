import assert from "node:assert/strict";
import { RelayError } from "../../src/relay/errors.ts";
import { Tokens } from "../../src/relay/tokens.ts";

function status(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof RelayError);
    return error.status;
  }
  return 200;
}

Deno.test("a token is known by its role and place", () => {
  const tokens = new Tokens(["a", "b", "a"], ["c"]);
  assert.deepEqual(tokens.identify("Bearer b"), { role: "agent", id: "a2" });
  assert.deepEqual(tokens.identify("bearer  c "), { role: "viewer", id: "v1" });
  assert.equal(tokens.viewers, 1);
});

Deno.test("whatever is no bearer token is 401", () => {
  const tokens = new Tokens(["secret"], []);
  const wrong = [null, "", "Bearer", "Bearer ", "Basic secret", "secret", "Bearer secret x", "Bearer  "];
  for (const header of [...wrong, "Bearer Secret", `Bearer ${"x".repeat(100_000)}`]) {
    assert.equal(status(() => tokens.identify(header)), 401, String(header).slice(0, 30));
  }
});

Deno.test("an empty list lets nobody of that role in", () => {
  const tokens = new Tokens([], []);
  for (const header of [null, "Bearer undefined", "Bearer x"]) {
    assert.equal(status(() => tokens.require("viewer", header)), 401);
    assert.equal(status(() => tokens.require("agent", header)), 401);
  }
});

Deno.test("tokens that cannot be used are refused at the start, and not shown", () => {
  for (const bad of ["", "with space", "zwölf", "line\n", "x".repeat(513)]) {
    assert.throws(
      () => new Tokens([], [bad]),
      (error) => error instanceof TypeError && (bad === "" || !error.message.includes(bad)),
    );
  }
  assert.throws(
    () => new Tokens(["both-roles"], ["both-roles"]),
    (error) => error instanceof TypeError && !error.message.includes("both-roles"),
  );
});
