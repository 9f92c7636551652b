import assert from "node:assert/strict";
import { CueStore } from "../../../../src/player/subtitles/embedded/cue_store.ts";

const line = (start: number, text = `line ${start}`) => ({ start, end: start + 1, text });

Deno.test("a line is kept once, by track", () => {
  const store = new CueStore();
  assert.deepEqual(store.add(1, [line(1), line(2), line(1)]).added, [line(1), line(2)]);
  assert.deepEqual(store.add(1, [line(2), line(3)]), { added: [line(3)], dropped: false });
  assert.deepEqual(store.add(2, [line(2)]).added, [line(2)]);
  assert.deepEqual([...store.all()], [[1, [line(1), line(2), line(3)]], [2, [line(2)]]]);
  store.clear();
  assert.deepEqual(store.of(1), []);
});

Deno.test("a track of endless lines pushes out its own oldest, and no other's", () => {
  const store = new CueStore();
  store.add(2, [line(10)]);
  let dropped = 0;
  for (let i = 0; i < 200_000; i += 1_000) {
    if (store.add(1, Array.from({ length: 1_000 }, (_, n) => line(i + n))).dropped) dropped++;
  }
  assert.ok(dropped > 0 && dropped < 20, `${dropped} times`);
  assert.deepEqual(store.of(2), [line(10)]);
  const kept = store.of(1);
  assert.ok(kept.length > 1_000 && kept.length <= 50_000, `${kept.length} lines`);
  assert.deepEqual(kept.at(-1), line(199_999));
});

Deno.test("long lines count by their text", () => {
  const store = new CueStore();
  for (let i = 0; i < 500; i++) store.add(1, [line(i, String(i).padEnd(64 << 10, "x"))]);
  const kept = store.of(1);
  assert.ok(kept.length * (64 << 10) <= 8 << 20, `${kept.length} lines`);
  assert.equal(kept.at(-1)!.start, 499);
});
