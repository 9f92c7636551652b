import assert from "node:assert/strict";
import { textBlocks } from "../../src/player/page/text_blocks.ts";
import { seeded } from "../support/seeded.ts";

Deno.test("text blocks: whole lines, none lost, none longer than a browser lays out at once", () => {
  const random = seeded(3);
  for (let i = 0; i < 50; i++) {
    const lines = Array.from(
      { length: Math.floor(random() * 2_000) },
      () => "x".repeat(Math.floor(random() * 200)),
    );
    const text = lines.join("\n") + "\nend";
    const blocks = textBlocks(text);
    assert.equal(blocks.join("\n"), text);
    assert.ok(blocks.every((block) => block.length <= 16_384));
  }
});

Deno.test("text blocks: a line without an end is cut, never within a character", () => {
  const text = "a" + "😀".repeat(100_000);
  const blocks = textBlocks(text);
  assert.equal(blocks.join(""), text);
  assert.ok(blocks.every((block) => block.length <= 16_384 && block.isWellFormed()));
});

Deno.test("text blocks: nothing, and line ends of all kinds", () => {
  assert.deepEqual(textBlocks(""), []);
  assert.deepEqual(textBlocks("a\r\nb\r\n"), ["a\r\nb"]);
  assert.deepEqual(textBlocks("\n"), [""]);
});
