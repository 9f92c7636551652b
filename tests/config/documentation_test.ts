import assert from "node:assert/strict";
import { ConfigFile } from "../../src/config/config_file.ts";
import { CONFIG_VARIABLES } from "../../src/config/environment.ts";
import { FILE_KEYS, type FileKey } from "../../src/config/file_keys.ts";
import { listenAddress, relayBase } from "../../src/config/values.ts";
import { iceServers } from "../../src/config/ice_servers.ts";
import * as exitCodes from "../../src/program/exit_codes.ts";
import { environmentOf } from "./support.ts";

const text = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));
const example = /```toml\n(.*?)```/s.exec(text)![1]!;

Deno.test("docs/configuration.md: its example parses and has a value for each key", async () => {
  const file = new ConfigFile("docs/configuration.md", example);
  const missing = (Object.keys(FILE_KEYS) as FileKey[]).filter((key) => file.get(key) === undefined);
  assert.deepEqual(missing, []);
  assert.equal(relayBase(file.get("auth.api_url")!), "https://relay.example");
  assert.deepEqual(listenAddress(file.get("stream.listen")!), { hostname: "127.0.0.1", port: 8090 });
  assert.equal((await iceServers({}, environmentOf(), file)).iceServers.length, 2);
});

Deno.test("docs/configuration.md: names each variable of the program's own, and each exit code", () => {
  for (const name of CONFIG_VARIABLES.filter((name) => /^(UNARR|XDG|CREDENTIALS)_/.test(name))) {
    assert.ok(text.includes(name), name);
  }
  for (const [name, code] of Object.entries(exitCodes)) {
    assert.match(text, new RegExp(`^\\| ${code} +\\|`, "m"), name);
  }
});
