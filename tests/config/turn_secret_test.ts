import assert from "node:assert/strict";
import { relayConfig, serveConfig, type ServeFlags } from "../../src/config/config.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const SECRET = "a-secret-of-the-turn-server";
const URLS = ["stun:a.example", "turn:b.example", "turns:c.example?transport=tcp"];
const FLAGS: ServeFlags = { allowRead: "/media", iceServer: URLS };

Deno.test("TURN secret: a file of the command line, with 12 hours by default", async () => {
  await using dir = await TempDir.make();
  const turnSecretFile = await dir.put("secret", `${SECRET}\n`);
  const { iceServers, turn } = await serveConfig({ ...FLAGS, turnSecretFile }, environmentOf());
  assert.deepEqual(iceServers, [{ urls: "stun:a.example" }]);
  assert.deepEqual(turn, { urls: URLS.slice(1), secret: SECRET, ttl: 43_200 });
  const agentTokenFile = await dir.put("keys", "a-key-of-a-box-0123456789");
  const relay = await relayConfig(
    { iceServer: URLS, agentTokenFile, turnSecretFile, turnTtl: "600" },
    environmentOf(),
  );
  assert.deepEqual(relay.turn, { ...turn, ttl: 600 });
});

Deno.test("TURN secret: a named file, then systemd, then the configuration; one place over what is used", async () => {
  await using dir = await TempDir.make();
  const named = await dir.put("named", "secret-of-the-command-line");
  const configured = await dir.put("configured", "secret-of-the-configuration");
  await dir.put("turn-secret", "secret-of-systemd-itself");
  const config = await dir.put(
    "config.toml",
    `[downloads.webrtc]\nturn_servers = ["turn:d.example"]\nturn_user = "u"\nturn_pass = "password"\n` +
      `[stream]\nturn_secret_file = ${JSON.stringify(configured)}\nturn_ttl = 3600\n`,
  );
  const systemd = environmentOf({ CREDENTIALS_DIRECTORY: dir.path });
  const secretOf = async (flags: Partial<ServeFlags>, environment = environmentOf()) =>
    (await serveConfig({ allowRead: "/media", config, ...flags }, environment)).turn?.secret;
  assert.equal(await secretOf({ turnSecretFile: named }, systemd), "secret-of-the-command-line");
  assert.equal(await secretOf({}, systemd), "secret-of-systemd-itself");
  assert.equal(await secretOf({}), "secret-of-the-configuration");
  // A user of the command line goes before a secret of any other place.
  const iceCredentialsFile = await dir.put("credentials", "viewer:password");
  assert.equal(await secretOf({ iceCredentialsFile }, systemd), undefined);
  const { turn } = await serveConfig({ allowRead: "/media", config }, environmentOf());
  assert.deepEqual(turn, { urls: ["turn:d.example"], secret: "secret-of-the-configuration", ttl: 3_600 });
});

Deno.test("TURN secret: what is wrong is said, and no secret shown", async () => {
  await using dir = await TempDir.make();
  const good = await dir.put("good", SECRET);
  const short = await dir.put("short", "hunter2");
  const spaced = await dir.put("spaced", "two words of a long secret");
  const cases: [Partial<ServeFlags>, RegExp][] = [
    [{ turnSecretFile: short }, /short holds no secret of 16 to 512 characters without a space$/],
    [{ turnSecretFile: spaced }, /spaced holds no secret of 16 to 512/],
    [{ turnSecretFile: good, turnTtl: "0" }, /^--turn-ttl takes a number from 1 to 604800/],
    [{ turnSecretFile: good, turnTtl: "1h" }, /^--turn-ttl takes a number/],
    [
      { turnSecretFile: good, iceCredentialsFile: good },
      /--ice-credentials-file or --turn-secret-file, not both/,
    ],
    [{ turnSecretFile: good, iceServer: ["stun:a"] }, /^--turn-secret-file wants a TURN server/],
    [{ turnSecretFile: `${dir.path}/none` }, /none: it does not exist$/],
  ];
  for (const [flags, sentence] of cases) {
    const { message, exitCode } = await refusal(() => serveConfig({ ...FLAGS, ...flags }, environmentOf()));
    assert.match(message, sentence);
    assert.equal(exitCode, 2);
    assert.ok(!/hunter2|two words/.test(message));
  }
});
