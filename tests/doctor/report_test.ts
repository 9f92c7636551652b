import assert from "node:assert/strict";
import { bad, good, none } from "../../src/doctor/check.ts";
import { jsonOf, linesOf } from "../../src/doctor/report.ts";

Deno.test("doctor, report: a mark, the finding, and what to do", () => {
  assert.deepEqual(linesOf({ name: "UDP" }, good("gets out"), false), ["✓ UDP: gets out"]);
  assert.deepEqual(linesOf({ name: "NAT" }, none("nobody to ask"), false), ["– NAT: nobody to ask"]);
  assert.deepEqual(linesOf({ name: "Folder", subject: "/a" }, bad("does not exist", "Make it."), false), [
    "✗ Folder /a: does not exist",
    "  → Make it.",
  ]);
});

Deno.test("doctor, report: 80 columns are enough for any text; a longer word is not cut", () => {
  const words = "word ".repeat(60).trim();
  const path = `/${"x".repeat(120)}`;
  const lines = linesOf({ name: "Folder", subject: path }, bad(words, words), true);
  // deno-lint-ignore no-control-regex -- colours take no columns
  const plain = lines.map((line) => line.replace(/\u001b\[\d+m/g, ""));
  assert.deepEqual(plain.filter((line) => line.length > 80), [`  ${path}:`]);
  assert.equal(plain.join(" ").match(/word/g)!.length, 120);
});

Deno.test("doctor, report: colour is on the mark alone, and only where it is wanted", () => {
  assert.deepEqual(linesOf({ name: "UDP" }, good("gets out"), true), ["\u001b[32m✓\u001b[0m UDP: gets out"]);
});

Deno.test("doctor, report: a folder's name cannot command the terminal", () => {
  const [line] = linesOf({ name: "Folder", subject: "/a\u001b[2J\nb" }, good("can be read"), false);
  assert.equal(line, "✓ Folder /a�[2J�b: can be read");
});

Deno.test("doctor, report: JSON has the same, and says whether all is well", () => {
  const folder = { name: "Folder", subject: "/a" };
  assert.deepEqual(JSON.parse(jsonOf([[folder, good("can be read")], [{ name: "NAT" }, none("nobody")]])), {
    ok: true,
    checks: [
      { name: "Folder", subject: "/a", state: "good", text: "can be read" },
      { name: "NAT", state: "none", text: "nobody" },
    ],
  });
  assert.equal(JSON.parse(jsonOf([[folder, bad("does not exist", "Make it.")]])).ok, false);
});
