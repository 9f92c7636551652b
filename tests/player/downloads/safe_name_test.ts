import assert from "node:assert/strict";
import fc from "fast-check";
import { safeName, UniqueNames } from "../../../src/player/downloads/safe_name.ts";

Deno.test("a name that every system takes stays as it is", () => {
  for (const name of ["film.mkv", "Ünïcode & more", ".hidden", "a.tar.gz", "日本", "e\u0301"]) {
    assert.equal(safeName(name), name);
  }
});

Deno.test("names that lead elsewhere, or that a system does not take, are replaced", () => {
  const cases: Record<string, string> = {
    "": "_",
    " ": "_",
    ".": "_",
    "..": "__",
    "../../etc/passwd": ".._.._etc_passwd",
    "C:\\Windows": "C__Windows",
    "a\0b\nc\x7f": "a_b_c_",
    "trailing. ": "trailing__",
    "NUL.txt": "_NUL.txt",
    "exe\u202efdp": "exe_fdp",
    "half\ud800": "half_",
  };
  for (const [name, safe] of Object.entries(cases)) assert.equal(safeName(name), safe, JSON.stringify(name));
});

Deno.test("no name escapes, is empty or too long", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
    const safe = safeName(name);
    assert.doesNotMatch(safe, /[/\\\p{Cc}]/u);
    assert.notEqual(safe.replace(/[. ]/g, ""), "");
    const { length } = new TextEncoder().encode(safe);
    assert.ok(length <= 255, `${length} bytes`);
    assert.equal(safeName(safe), safe, "a safe name is safe");
  }));
});

Deno.test("a long name keeps its extension", () => {
  const safe = safeName("日".repeat(200) + ".mkv");
  assert.match(safe, /^日+\.mkv$/);
});

Deno.test("each name is given once, whatever its case", () => {
  const names = new UniqueNames();
  assert.equal(names.give("a/", "x.txt"), "a/x.txt");
  assert.equal(names.give("a/", "X.txt"), "a/X (2).txt");
  assert.equal(names.give("a/", "x.txt"), "a/x (3).txt");
  assert.equal(names.give("b/", "x.txt"), "b/x.txt");
  assert.equal(names.give("", ".rc"), ".rc");
  assert.equal(names.give("", ".rc"), ".rc (2)");
});
