import assert from "node:assert/strict";
import { ConfigFile } from "../../src/config/config_file.ts";
import { TempDir } from "../support/temp_dir.ts";
import { refusal } from "./support.ts";

const parse = (text: string) => new ConfigFile("/etc/box.toml", text);

Deno.test("config file: keys are found, others ignored, blanks count as left out", () => {
  const file = parse(`
    future = { of = "the reference" }
    [auth]
    api_key = "  a key with blanks around  "
    api_url = ""
    passkeys = 3
    [downloads]
    dir = "/media"
    [downloads.webrtc]
    enabled = false
    stun_servers = ["stun:a:1", " ", "stun:b:2"]
    trackers = [1, 2]
    [stream]
    max_sessions = 3
  `);
  assert.deepEqual(file.get("auth.api_key"), {
    value: "a key with blanks around",
    origin: { kind: "file", name: "auth.api_key in /etc/box.toml" },
  });
  assert.equal(file.get("auth.api_url"), undefined);
  assert.equal(file.get("agent.name"), undefined);
  assert.equal(file.get("downloads.webrtc.enabled")?.value, false);
  assert.deepEqual(file.get("downloads.webrtc.stun_servers")?.value, ["stun:a:1", "stun:b:2"]);
  assert.equal(file.get("stream.max_sessions")?.value, 3);
});

Deno.test("defect 47: what does not parse is told by line and column, and nothing of it shown", async () => {
  for (
    const [text, where] of [
      ['[auth]\napi_key = "secret-of-the-tests', "line 2, column 11"],
      ["api_key = secret-of-the-tests", "line 1, column 11"],
      ['a = 1\nsecret-of-the-tests = 1\nsecret-of-the-tests = "x"', "line 3, column 1"],
    ] as const
  ) {
    const { message, exitCode } = await refusal(() => parse(text));
    assert.equal(exitCode, 78);
    assert.ok(message.startsWith(`/etc/box.toml, ${where}: `), message);
    assert.doesNotMatch(message, /secret-of-the-tests|\n/);
  }
});

Deno.test("config file: a value that does not fit is named by its key, and not shown", async () => {
  for (
    const [text, sentence] of [
      ["auth.api_key = 1234567890", "auth.api_key in /etc/box.toml takes a text"],
      ['auth = "secret"', "auth in /etc/box.toml takes a table"],
      ["downloads.webrtc = [1]", "downloads.webrtc in /etc/box.toml takes a table"],
      ['downloads.webrtc.enabled = "yes"', "downloads.webrtc.enabled in /etc/box.toml takes true or false"],
      [
        "downloads.webrtc.turn_servers = [7]",
        "downloads.webrtc.turn_servers in /etc/box.toml takes a list of texts",
      ],
      [
        'downloads.webrtc.stun_servers = "a"',
        "downloads.webrtc.stun_servers in /etc/box.toml takes a list of texts",
      ],
      ["stream.max_sessions = 0", "stream.max_sessions in /etc/box.toml takes a whole number from 1 to 1000"],
      ["stream.engines = 1.5", "stream.engines in /etc/box.toml takes a whole number from 1 to 64"],
      ['stream.crypto = "rot13"', 'stream.crypto in /etc/box.toml takes one of "auto", "kernel", "node"'],
      [
        'agent.id = "two words"',
        "agent.id in /etc/box.toml takes a UUID, or up to 128 letters, digits and . : _ -",
      ],
    ] as const
  ) {
    assert.deepEqual(await refusal(() => parse(text)), { message: sentence, exitCode: 78 });
  }
});

Deno.test("config file: one that was named has to be there and be text", async () => {
  await using dir = await TempDir.make();
  const missing = `${dir.path}/missing.toml`;
  assert.deepEqual(await refusal(() => ConfigFile.read(missing)), {
    message: `${missing}: it does not exist`,
    exitCode: 78,
  });
  assert.equal(await ConfigFile.readIfThere(missing), undefined);
  const latin1 = await dir.put("latin1.toml", Uint8Array.of(0x61, 0x3d, 0x22, 0xe9, 0x22));
  assert.deepEqual(await refusal(() => ConfigFile.readIfThere(latin1)), {
    message: `${latin1}: it is not UTF-8`,
    exitCode: 78,
  });
});

Deno.test({
  name: "config file: a secret that every user may read earns a warning",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using dir = await TempDir.make();
    const path = await dir.put("box.toml", '[auth]\napi_key = "a-key-of-sixteen-or-more"');
    await Deno.chmod(path, 0o644);
    const { warning } = await ConfigFile.read(path);
    assert.match(warning!, /holds auth\.api_key and every user/);
    assert.doesNotMatch(warning!, /sixteen/);
    await Deno.chmod(path, 0o640);
    assert.equal((await ConfigFile.read(path)).warning, undefined);
    await dir.put("box.toml", '[auth]\napi_url = "http://relay.example"');
    await Deno.chmod(path, 0o644);
    assert.equal((await ConfigFile.read(path)).warning, undefined);
  },
});
