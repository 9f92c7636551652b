import assert from "node:assert/strict";
import { relayConfig, serveConfig, type ServeFlags } from "../../src/config/config.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const IDENTITY = new BoxKey(new Uint8Array(32).fill(5));

/** A folder to share, and a file with a value for each thing that a flag can say as well. */
async function box(): Promise<{ dir: TempDir; config: string }> {
  const dir = await TempDir.make();
  await dir.put("viewers", "viewer-token-of-the-file\n");
  await dir.put("identity", `${IDENTITY.format()}\n`);
  await dir.put("revoked", "# lost\nid-of-a-lost-link # and found\n\n");
  const config = await dir.put(
    "config.toml",
    `
    [auth]
    api_url = "https://file.example/"
    api_key = "api-key-of-the-file"
    [agent]
    id = "box-1"
    name = "file"
    [downloads]
    dir = ${JSON.stringify(dir.path)}
    [stream]
    listen = "127.0.0.1:1001"
    viewer_token_file = ${JSON.stringify(`${dir.path}/viewers`)}
    max_sessions = 3
    engines = 5
    crypto = "node"
    identity_file = ${JSON.stringify(`${dir.path}/identity`)}
    revocation_file = ${JSON.stringify(`${dir.path}/revoked`)}
    log_level = "warning"
    `,
  );
  return { dir, config };
}

Deno.test("precedence: of the file, where nothing else is given", async () => {
  const { dir, config } = await box();
  await using _ = dir;
  const { warnings: _warnings, ...served } = await serveConfig({ config }, environmentOf());
  assert.deepEqual(served, {
    directories: [dir.path],
    remote: {
      base: "https://file.example",
      mirrors: [],
      token: "api-key-of-the-file",
      tokenOrigin: { kind: "file", name: `auth.api_key in ${config}` },
    },
    agentId: "box-1",
    name: "file",
    webrtc: true,
    listen: { hostname: "127.0.0.1", port: 1001 },
    viewerTokens: ["viewer-token-of-the-file"],
    iceServers: [],
    turn: undefined,
    trustProxy: [],
    maxSessions: 3,
    engines: 5,
    crypto: "node",
    identity: { secret: IDENTITY.secret, configured: true },
    revoked: ["id-of-a-lost-link"],
    open: false,
    logLevel: "warning",
  });
});

Deno.test("precedence: a flag goes before the environment, that before the file", async () => {
  const { dir, config } = await box();
  await using _ = dir;
  const environment = environmentOf({
    UNARR_API_URL: "https://environment.example",
    UNARR_API_KEY: "api-key-of-the-environment",
    UNARR_VIEWER_TOKEN: "viewer-token-of-the-environment",
  });
  const ofEnvironment = await serveConfig({ config }, environment);
  assert.deepEqual(ofEnvironment.remote, {
    base: "https://environment.example",
    mirrors: [],
    token: "api-key-of-the-environment",
    tokenOrigin: { kind: "environment", name: "UNARR_API_KEY" },
  });
  assert.deepEqual(ofEnvironment.viewerTokens, ["viewer-token-of-the-environment"]);

  const apiKeyFile = await dir.put("key", "api-key-of-the-flag");
  const flags: ServeFlags = {
    config,
    relay: "https://flag.example",
    apiKeyFile,
    viewerTokenFile: await dir.put("family", "viewer-token-of-the-flag"),
    name: "flag",
    listen: "1002",
    maxSessions: "4",
    engines: "6",
    crypto: "kernel",
    logLevel: "debug",
  };
  const ofFlags = await serveConfig(flags, environment);
  assert.deepEqual(ofFlags.remote, {
    base: "https://flag.example",
    mirrors: [],
    token: "api-key-of-the-flag",
    tokenOrigin: { kind: "flag", name: apiKeyFile },
  });
  assert.deepEqual(
    [ofFlags.viewerTokens, ofFlags.name, ofFlags.listen.port, ofFlags.maxSessions, ofFlags.engines],
    [["viewer-token-of-the-flag"], "flag", 1002, 4, 6],
  );
  assert.deepEqual([ofFlags.crypto, ofFlags.logLevel, ofFlags.agentId], ["kernel", "debug", "box-1"]);
});

Deno.test("precedence: systemd's credentials go before the file and after the environment", async () => {
  const { dir, config } = await box();
  await using _ = dir;
  await dir.put("credentials/api-key", "api-key-of-systemd\n");
  await dir.put("credentials/viewer-token", "viewer-token-of-systemd\n");
  const CREDENTIALS_DIRECTORY = `${dir.path}/credentials`;
  const { remote, viewerTokens } = await serveConfig({ config }, environmentOf({ CREDENTIALS_DIRECTORY }));
  assert.equal(remote?.token, "api-key-of-systemd");
  assert.deepEqual(remote.tokenOrigin, { kind: "credential", name: "the credential api-key" });
  assert.deepEqual(viewerTokens, ["viewer-token-of-systemd"]);
  const UNARR_API_KEY = "api-key-of-the-environment";
  const both = await serveConfig({ config }, environmentOf({ CREDENTIALS_DIRECTORY, UNARR_API_KEY }));
  assert.equal(both.remote?.token, UNARR_API_KEY);
  await dir.put("credentials/api-key", "short");
  assert.deepEqual(await refusal(() => serveConfig({ config }, environmentOf({ CREDENTIALS_DIRECTORY }))), {
    message: "the credential api-key holds a token that is shorter than 16 characters",
    exitCode: 78,
  });
});

Deno.test("precedence: the default file is read where it is, a named one in its place", async () => {
  const { dir, config } = await box();
  await using _ = dir;
  const environment = environmentOf({ UNARR_CONFIG_DIR: dir.path });
  assert.equal((await serveConfig({}, environment)).name, "file");
  const named = await dir.put("named.toml", `downloads.dir = ${JSON.stringify(dir.path)}`);
  const { name, remote, maxSessions } = await serveConfig({ config: named }, environment);
  assert.deepEqual([name, remote, maxSessions], [undefined, undefined, 8]);
  await Deno.remove(config);
  assert.equal((await serveConfig({ allowRead: dir.path }, environment)).maxSessions, 8);
});

Deno.test("precedence: what is wrong ends with 2 on the command line, with 78 elsewhere", async () => {
  await using dir = await TempDir.make();
  const served = (text: string, flags: ServeFlags = {}, variables = {}) =>
    refusal(async () => {
      const config = await dir.put("config.toml", `downloads.dir = ${JSON.stringify(dir.path)}\n${text}`);
      await serveConfig({ config, ...flags }, environmentOf(variables));
    });
  for (
    const [code, refused] of [
      [2, await served("", { listen: "here" })],
      [78, await served('stream.listen = "here"')],
      [2, await served("", { relay: "https://relay.example" })],
      [78, await served('auth.api_url = "https://relay.example"')],
      [78, await served('auth.api_url = "https://relay.example"\nauth.api_key = "short"')],
      [78, await served("", {}, { UNARR_API_URL: "ftp://relay.example" })],
      [78, await served('stream.viewer_token_file = "/nowhere"')],
      [2, await served("", { viewerTokenFile: "/nowhere" })],
      [2, await served("", { engines: "many" })],
    ] as const
  ) {
    assert.equal(refused.exitCode, code, refused.message);
  }
});

Deno.test("precedence: an address with a password in it is not shown", async () => {
  const { message } = await refusal(() =>
    serveConfig({ allowRead: "/media", relay: "https://me:secret@relay.example" }, environmentOf())
  );
  assert.match(message, /^--relay takes/);
  assert.doesNotMatch(message, /secret/);
});

Deno.test("defect 39: no mirror, no public relay and no STUN server come from nowhere", async () => {
  await using dir = await TempDir.make();
  const config = await dir.put("config.toml", `downloads.dir = ${JSON.stringify(dir.path)}`);
  const served = await serveConfig({ config }, environmentOf());
  assert.deepEqual([served.remote, served.iceServers], [undefined, []]);
  const own = await box();
  await using _ = own.dir;
  assert.deepEqual((await serveConfig({ config: own.config }, environmentOf())).remote?.mirrors, []);
});

Deno.test("precedence: a relay alone reads of the file what concerns it", async () => {
  const { dir, config } = await box();
  await using _ = dir;
  const agentTokenFile = await dir.put("agents", "agent-token-one-of-two\nagent-token-two-of-two\n");
  const { warnings: _warnings, ...relay } = await relayConfig({ config, agentTokenFile }, environmentOf());
  assert.deepEqual(relay, {
    agentTokens: ["agent-token-one-of-two", "agent-token-two-of-two"],
    accessLog: false,
    maxAgents: 10_000,
    drainSeconds: 25,
    store: undefined,
    listen: { hostname: "127.0.0.1", port: 1001 },
    viewerTokens: ["viewer-token-of-the-file"],
    iceServers: [],
    turn: undefined,
    trustProxy: [],
    logLevel: "warning",
  });
});
