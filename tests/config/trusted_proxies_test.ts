import assert from "node:assert/strict";
import { ConfigFile } from "../../src/config/config_file.ts";
import { relayConfig, serveConfig } from "../../src/config/config.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

Deno.test("trusted proxies: none by default; of the command line, else of the file", async () => {
  await using dir = await TempDir.make();
  const config = await dir.put("config.toml", '[stream]\ntrust_proxy = ["::1", "10.0.0.0/8"]\n');
  const agentTokenFile = await dir.put("keys", "a-key-of-a-box-0123456789");
  const serve = async (flags: Parameters<typeof serveConfig>[0]) =>
    (await serveConfig({ allowRead: "/media", ...flags }, environmentOf())).trustProxy;
  assert.deepEqual(await serve({}), []);
  assert.deepEqual(await serve({ config }), ["::1", "10.0.0.0/8"]);
  assert.deepEqual(await serve({ config, trustProxy: "127.0.0.1, fd00::/8" }), ["127.0.0.1", "fd00::/8"]);
  const relay = await relayConfig({ agentTokenFile, trustProxy: "192.0.2.1" }, environmentOf());
  assert.deepEqual(relay.trustProxy, ["192.0.2.1"]);
});

Deno.test("trusted proxies: what is no address or network is refused, and so is the whole internet", async () => {
  for (
    const trustProxy of [
      "proxy.example",
      "",
      "10.0.0.0/33",
      "10.0.0.0/",
      "0.0.0.0/0",
      "::/0",
      "::1/129",
      "fe80::1%eth0",
    ]
  ) {
    const refused = await refusal(() => serveConfig({ allowRead: "/media", trustProxy }, environmentOf()));
    assert.match(
      refused.message,
      /^--trust-proxy takes addresses and networks like 127\.0\.0\.1,10\.0\.0\.0\/8, not /,
    );
    assert.equal(refused.exitCode, 2);
  }
  assert.throws(() => new ConfigFile("/etc/box.toml", '[stream]\ntrust_proxy = "::1"\n'), {
    message: /stream\.trust_proxy in \/etc\/box\.toml takes a list of texts/,
  });
});
