import assert from "node:assert/strict";
import { options } from "./options.ts";

Deno.test("soak options: defaults, what is given, and what makes no sense", () => {
  const defaults = { minutes: 10, "max-sessions": 4 };
  assert.deepEqual(options(defaults, []), defaults);
  assert.deepEqual(options(defaults, ["--minutes=0.5"]), { minutes: 0.5, "max-sessions": 4 });
  for (const arg of ["--hours=1", "--minutes=0", "--minutes=x", "--minutes", "minutes=1", "--toString=1"]) {
    assert.throws(() => options(defaults, [arg]), Error, arg);
  }
});
