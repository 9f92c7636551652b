import assert from "node:assert/strict";
import { serveConfig, type ServeFlags } from "../../src/config/config.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const KEY = "api-key-of-the-tests";

async function remote(mirrors: string, flags: ServeFlags = {}, variables = {}) {
  await using dir = await TempDir.make();
  const config = await dir.put(
    "config.toml",
    `downloads.dir = ${JSON.stringify(dir.path)}
    auth.api_url = "https://a.example/"
    auth.api_key = "${KEY}"
    auth.mirrors = ${mirrors}`,
  );
  return (await serveConfig({ config, ...flags }, environmentOf(variables))).remote;
}

Deno.test("mirrors of the file: in order, without blanks, slashes at the end and repeats", async () => {
  const given =
    '["https://b.example//", " ", "https://a.example", " http://c.example:8090/x/ ", "https://b.example"]';
  assert.deepEqual((await remote(given))?.mirrors, ["https://b.example", "http://c.example:8090/x"]);
  assert.deepEqual((await remote("[]"))?.mirrors, []);
});

Deno.test("mirrors of the file: a relay that was given elsewhere has none, its key is not for them", async () => {
  const given = '["https://b.example"]';
  const ofFlag = await remote(given, { relay: "https://flag.example" });
  assert.deepEqual([ofFlag?.base, ofFlag?.mirrors], ["https://flag.example", []]);
  const ofVariable = await remote(given, {}, { UNARR_API_URL: "https://variable.example" });
  assert.deepEqual([ofVariable?.base, ofVariable?.mirrors], ["https://variable.example", []]);
});

Deno.test("mirrors of the file: what is no address is refused and not shown", async () => {
  for (
    const bad of [
      '["https://me:hunter2@b.example"]',
      '["ftp://b.example"]',
      '["b.example"]',
      '"https://b.example"',
      "[7]",
    ]
  ) {
    const { message, exitCode } = await refusal(() => remote(bad));
    assert.match(message, /^auth\.mirrors in \S+config\.toml takes /);
    assert.equal(exitCode, 78);
    assert.doesNotMatch(message, /hunter2/);
  }
  const many = JSON.stringify(Array.from({ length: 17 }, (_, index) => `https://m${index}.example`));
  assert.match((await refusal(() => remote(many))).message, /takes at most 16 addresses$/);
});
