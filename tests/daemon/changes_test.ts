import assert from "node:assert/strict";
import { changesOf, type Fates } from "../../src/daemon/changes.ts";

interface Config {
  readonly tokens: readonly string[];
  readonly sessions: number;
  readonly folder: string;
  readonly warnings: readonly string[];
}

const FATES: Fates<Config> = {
  tokens: ["tokens", "at once"],
  sessions: ["sessions", "at once"],
  folder: ["the folder", "next start"],
  warnings: ["warnings", "ignored"],
};

const CURRENT: Config = { tokens: ["a"], sessions: 8, folder: "/media", warnings: [] };

function compare(next: Partial<Config>, again: Partial<Config> = next) {
  return changesOf(FATES, CURRENT, { ...CURRENT, ...next }, { ...CURRENT, ...again });
}

Deno.test("changes: what did not change is neither taken over nor waited for", () => {
  assert.deepEqual(compare({ warnings: ["careful"] }), { config: CURRENT, taken: [], waiting: [] });
});

Deno.test("changes: each value has its fate", () => {
  assert.deepEqual(compare({ tokens: ["a", "b"], sessions: 2, folder: "/srv" }), {
    config: { ...CURRENT, tokens: ["a", "b"], sessions: 2 },
    taken: ["tokens", "sessions"],
    waiting: ["the folder"],
  });
});

Deno.test("changes: a value that is made up at each reading stays as it was", () => {
  assert.deepEqual(compare({ tokens: ["x"], sessions: 2 }, { tokens: ["y"], sessions: 2 }), {
    config: { ...CURRENT, sessions: 2 },
    taken: ["sessions"],
    waiting: [],
  });
});
