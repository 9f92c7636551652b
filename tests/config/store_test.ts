import assert from "node:assert/strict";
import { relayConfig, type RelayFlags } from "../../src/config/config.ts";
import { redacted } from "../../src/program/redaction.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

async function configured(dir: TempDir, flags: Partial<RelayFlags>, variables = {}) {
  const agentTokenFile = await dir.put("keys", "agent-token-of-the-tests\n");
  return await relayConfig({ agentTokenFile, ...flags }, environmentOf(variables));
}

Deno.test("store: its address by option, variable, credential or file, in this order", async () => {
  await using dir = await TempDir.make();
  const config = await dir.put("config.toml", '[stream]\nstore = "redis://of.the.file:6379/2"\n');
  await dir.put("credentials/store-url", "redis://of.the.credential:6379\n");
  const variables = { CREDENTIALS_DIRECTORY: `${dir.path}/credentials` };
  const url = async (flags: Partial<RelayFlags>, variables: Record<string, string>) =>
    (await configured(dir, flags, variables)).store?.url;
  assert.equal(await url({}, {}), undefined);
  assert.equal(await url({ config }, {}), "redis://of.the.file:6379/2");
  assert.equal(await url({ config }, variables), "redis://of.the.credential:6379");
  const all = { ...variables, UNARR_STORE_URL: "rediss://of.the.variable" };
  assert.equal(await url({ config }, all), "rediss://of.the.variable");
  assert.equal(await url({ config, store: "redis://of.the.option" }, all), "redis://of.the.option");
});

Deno.test("store: its password, which no line of the log shows", async () => {
  await using dir = await TempDir.make();
  const UNARR_STORE_URL = "redis://box:hunter2%2Fhunter2@redis.example";
  const ofUrl = await configured(dir, {}, { UNARR_STORE_URL });
  assert.deepEqual(ofUrl.store, {
    url: "redis://redis.example",
    username: "box",
    password: "hunter2/hunter2",
  });
  assert.deepEqual(ofUrl.warnings, []);
  assert.doesNotMatch(redacted("hunter2/hunter2 hunter2%2Fhunter2"), /hunter/);

  const storePasswordFile = await dir.put("password", "of-the-file \n");
  const ofFile = await configured(dir, { storePasswordFile }, { UNARR_STORE_URL });
  assert.equal(ofFile.store?.password, "of-the-file ");

  await dir.put("credentials/store-password", "of-the-credential");
  const CREDENTIALS_DIRECTORY = `${dir.path}/credentials`;
  const ofCredential = await configured(dir, { store: "redis://redis.example" }, { CREDENTIALS_DIRECTORY });
  assert.equal(ofCredential.store?.password, "of-the-credential");

  const shown = await configured(dir, { store: "redis://:hunter2-on-the-line@redis.example" });
  assert.equal(shown.store?.password, "hunter2-on-the-line");
  assert.match(shown.warnings[0]!, /--store-password-file/);
});

Deno.test("store: what is no address is refused, and not shown", async () => {
  await using dir = await TempDir.make();
  for (
    const store of [
      "redis.example",
      "http://hunter2@redis.example",
      "redis:///0",
      "redis://hunter2@redis.example/films",
      "redis://hunter2@redis.example/0?x=y",
      "redis://:hunter2%zz@redis.example",
    ]
  ) {
    const { message, exitCode } = await refusal(() => configured(dir, { store }));
    assert.match(message, /^--store (takes an address|has a user or a password)/);
    assert.doesNotMatch(message, /hunter2/);
    assert.equal(exitCode, 2);
  }
  const empty = await dir.put("empty", "\n");
  const { message } = await refusal(() =>
    configured(dir, { store: "redis://redis.example", storePasswordFile: empty })
  );
  assert.match(message, /holds no password/);
  const alone = await refusal(() => configured(dir, { storePasswordFile: empty }));
  assert.match(alone.message, /is for --store/);
});
