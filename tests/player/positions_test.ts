import assert from "node:assert/strict";
import { Positions } from "../../src/player/page/positions.ts";

class Memory {
  value: string | null = null;
  getItem(): string | null {
    return this.value;
  }
  setItem(_: string, value: string): void {
    this.value = value;
  }
}

Deno.test("positions: a film that was begun and not seen to its end is remembered, for each box", () => {
  const memory = new Memory();
  const [here, there] = [new Positions(memory, "here"), new Positions(memory, "there")];
  here.set("a.mkv", 61.7, 3_600);
  there.set("a.mkv", 1_200, 3_600);
  assert.deepEqual([here.get("a.mkv"), there.get("a.mkv"), here.get("b.mkv")], [61, 1_200, undefined]);
  here.set("a.mkv", 3, 3_600);
  there.set("a.mkv", 3_595, 3_600);
  assert.deepEqual([here.get("a.mkv"), there.get("a.mkv")], [undefined, undefined]);
});

Deno.test("positions: the films that were begun, the latest first, until one is forgotten", () => {
  const memory = new Memory();
  const [here, there] = [new Positions(memory, "here"), new Positions(memory, "there")];
  here.set("a.mkv", 61.7, 3_600.5, 1);
  here.set("films/b.mkv", 30, 600, 2);
  there.set("c.mkv", 1_200, 3_600, 3);
  assert.deepEqual(here.begun(), [
    { path: "films/b.mkv", at: 30, duration: 600, left: 2 },
    { path: "a.mkv", at: 61, duration: 3_600, left: 1 },
  ]);
  here.remove("films/b.mkv");
  assert.deepEqual(here.begun().map(({ path }) => path), ["a.mkv"]);
  assert.deepEqual(there.begun().map(({ path }) => path), ["c.mkv"]);
});

Deno.test("positions: the latest 500 films, whatever the storage holds", () => {
  const memory = new Memory();
  const positions = new Positions(memory, "");
  for (let i = 0; i < 600; i++) positions.set(`${i}.mkv`, 100, 1_000, i);
  assert.deepEqual([positions.get("99.mkv"), positions.get("100.mkv"), positions.get("599.mkv")], [
    undefined,
    100,
    100,
  ]);
  for (const damaged of ["", "{", "null", "[1]", '{" a.mkv":{"at":"x"}}', '{" a.mkv":null}']) {
    memory.value = damaged;
    assert.equal(positions.get("a.mkv"), undefined);
    positions.set("a.mkv", 20, 100);
    assert.equal(positions.get("a.mkv"), 20);
  }
  const full = new Positions({
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  }, "");
  full.set("a.mkv", 20, 100);
});
