import assert from "node:assert/strict";
import { SearchWords } from "../../src/serve/search_words.ts";

Deno.test("search words: all of them, in any case, order and form", () => {
  const holds = (query: string, name: string) => new SearchWords(query).in(name);
  assert.ok(holds("FILM big", "The Big Film (2020).mkv"));
  assert.ok(!holds("film small", "The Big Film (2020).mkv"));
  // A ligature, and a letter whose accent is a character of its own.
  assert.ok(holds("film", "ﬁlm.mkv"));
  assert.ok(holds("café", "Cafe\u0301.mkv"));
  for (const nothing of ["", "  ", "\t\n"]) assert.ok(!holds(nothing, "film.mkv"));
});

Deno.test("search words: those beyond sixteen do not count, and one that is repeated counts once", () => {
  const sixteen = Array.from({ length: 16 }, (_, i) => `w${String.fromCharCode(97 + i)}`);
  const name = sixteen.join("-");
  assert.ok(new SearchWords([...sixteen, "missing"].join(" ")).in(name));
  assert.ok(!new SearchWords([...sixteen.slice(1), ...sixteen.slice(1), "missing"].join(" ")).in(name));
});
