import assert from "node:assert/strict";
import { CueStore } from "../../../../src/player/subtitles/embedded/cue_store.ts";

const cue = (start: number, text = "x") => ({ start, end: start + 1, text });

Deno.test("cue store: a line that is found twice is there once", () => {
  const store = new CueStore();
  assert.deepEqual(store.add(1, [cue(1), cue(2)]).added, [cue(1), cue(2)]);
  assert.deepEqual(store.add(1, [cue(2), cue(3)]), { added: [cue(3)], dropped: false });
  assert.deepEqual(store.add(2, [cue(2)]).added, [cue(2)]);
  assert.deepEqual(store.of(1), [cue(1), cue(2), cue(3)]);
  store.clear();
  assert.deepEqual(store.of(1), []);
});

Deno.test("cue store: where there are too many lines, or too much in them, the oldest go", () => {
  const many = new CueStore();
  many.add(1, Array.from({ length: 100_000 }, (_, i) => cue(i)));
  assert.ok(many.of(1).length <= 50_000);
  assert.deepEqual(many.of(1).at(-1), cue(99_999));
  const long = new CueStore();
  const text = "y".repeat(4_000);
  for (let i = 0; i < 5_000; i++) long.add(1, [cue(i, text)]);
  assert.ok(long.of(1).length * text.length <= 8 << 20);
  assert.deepEqual(long.of(1).at(-1), cue(4_999, text));
});
