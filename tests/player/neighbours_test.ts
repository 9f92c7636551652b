import assert from "node:assert/strict";
import { beside, nextEpisode } from "../../src/player/page/neighbours.ts";

const FOLDERS: readonly (readonly [name: string, names: readonly string[], next: string | undefined])[] = [
  [
    "Show.S01E01.Pilot.mkv",
    ["Show.S01E01.Pilot.mkv", "Show.S01E10.mkv", "Show.S01E02.Two.mkv"],
    "Show.S01E02.Two.mkv",
  ],
  ["show s01e09.mkv", ["Show.S01E10.mkv", "Show.S01E11.mkv"], "Show.S01E10.mkv"],
  ["Show.S01E10.mkv", ["Show.S01E09.mkv", "Show.S02E01.mkv"], "Show.S02E01.mkv"],
  ["01 - One.mkv", ["02 - Two.mkv", "03 - Three.mkv"], "02 - Two.mkv"],
  ["Show 1x03.avi", ["Show 1x05.avi"], "Show 1x05.avi"],
  // The same film in another size, another film, nothing that follows.
  ["Film.720p.mkv", ["Film.720p.mkv", "Film.1080p.mkv"], undefined],
  ["Alien.mkv", ["Brazil.mkv", "Casablanca.mkv"], undefined],
  ["Show.S01E02.mkv", ["Show.S01E01.mkv", "Show.S01E02.mkv", "Other.S01E03.mkv"], undefined],
  ["Show.S01E02.mkv", [], undefined],
];

for (const [name, names, next] of FOLDERS) {
  Deno.test(`neighbours: after ${name} comes ${next ?? "nothing"}`, () => {
    assert.equal(nextEpisode(name, names), next);
  });
}

Deno.test("neighbours: what is before and after an item", () => {
  const [a, b, c] = [{ path: "a" }, { path: "b" }, { path: "c" }];
  const items = [a, b, c];
  assert.deepEqual(beside(items, "b"), { index: 1, previous: a, next: c });
  assert.deepEqual(beside(items, "c"), { index: 2, previous: b, next: undefined });
  assert.deepEqual(beside(items, "gone"), { index: -1, previous: undefined, next: undefined });
});
