import assert from "node:assert/strict";
import { RelayError } from "../../src/relay/errors.ts";
import { principalId, Tokens } from "../../src/relay/tokens.ts";

function status(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof RelayError);
    return error.status;
  }
  return 200;
}

Deno.test("a token is known by its role and a hash of it, whatever else is in the lists", () => {
  const tokens = new Tokens(["a", "b", "a"], ["c"]);
  assert.deepEqual(tokens.identify("Bearer b"), {
    role: "agent",
    id: principalId("agent", "b"),
    account: "",
  });
  assert.deepEqual(tokens.identify("bearer  c "), {
    role: "viewer",
    id: principalId("viewer", "c"),
    account: "",
  });
  assert.equal(tokens.viewers(""), 1);
  assert.deepEqual(new Tokens(["x", "b"], []).identify("Bearer b"), tokens.identify("Bearer b"));
  assert.match(principalId("agent", "b"), /^a[\w-]{12}$/);
  assert.notEqual(principalId("agent", "b").slice(1), principalId("viewer", "b").slice(1));
});

Deno.test("a line may name the account of its token", () => {
  const tokens = new Tokens(["a home", "b", "a\thome"], ["c  home", "d home", "e other"]);
  assert.equal(tokens.identify("Bearer a").account, "home");
  assert.equal(tokens.identify("Bearer b").account, "");
  assert.equal(tokens.identify("Bearer c").account, "home");
  assert.deepEqual([tokens.viewers("home"), tokens.viewers("other"), tokens.viewers("")], [2, 1, 0]);
  assert.equal(status(() => tokens.identify("Bearer a home")), 401);
  assert.throws(() => new Tokens(["a home", "a other"], []), TypeError);
  for (const account of ["zwölf", "a b", "x".repeat(65), "a/b"]) {
    assert.throws(() => new Tokens([`secret ${account}`], []), (error) => {
      return error instanceof TypeError && !error.message.includes("secret");
    });
  }
});

Deno.test("each of very many tokens is found", () => {
  const names = Array.from({ length: 20_000 }, (_, n) => `token-number-${n}`);
  const tokens = new Tokens(names, []);
  const ids = new Set(names.map((name) => tokens.identify(`Bearer ${name}`).id));
  assert.equal(ids.size, names.length);
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
  for (const bad of ["", "three words here", "zwölf", "line\n", "x".repeat(513)]) {
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
