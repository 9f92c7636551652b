import assert from "node:assert/strict";
import { relayConfig, serveConfig } from "../../src/config/config.ts";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const AGENT = "agent-token-of-systemd";
const VIEWER = "viewer-token-of-systemd";

/** A directory as systemd makes one: read by its user alone. */
async function credentials(dir: TempDir, files: Record<string, string>): Promise<string> {
  const path = `${dir.path}/credentials`;
  await Deno.mkdir(path);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text, { mode: 0o400 });
  }
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o500);
  return path;
}

Deno.test("credentials: box and relay are given all their secrets by systemd", async () => {
  await using dir = await TempDir.make();
  const CREDENTIALS_DIRECTORY = await credentials(dir, {
    "agent-token": `${AGENT}\n`,
    "api-key": `${AGENT}\n`,
    "viewer-token": `# the family\n${VIEWER}\n`,
    "turn-credentials": "box:turn-credential-of-systemd\n",
  });
  await using relay = await Program.start(["relay", "--listen", "127.0.0.1:0"], { CREDENTIALS_DIRECTORY });
  const access = await relay.access();
  assert.equal(access.token, VIEWER);
  const turn = ["--ice-server", "turn:127.0.0.1:3478"];
  await using box = Program.spawn(
    [`--allow-read=${dir.path}`, "serve", "--relay", access.relay, ...turn],
    { CREDENTIALS_DIRECTORY },
  );
  await box.logged(/registered as/);
  if (Deno.build.os !== "windows") await Deno.chmod(CREDENTIALS_DIRECTORY, 0o700);
});

Deno.test("credentials: each is read from its file, and where one is missing another source is asked", async () => {
  await using dir = await TempDir.make();
  const CREDENTIALS_DIRECTORY = await credentials(dir, {
    "api-key": AGENT,
    "turn-credentials": "box:a:credential:with:colons",
  });
  const environment = environmentOf({ CREDENTIALS_DIRECTORY, UNARR_VIEWER_TOKEN: VIEWER });
  const served = await serveConfig(
    { allowRead: "/media", relay: "https://relay.example", iceServer: ["turn:turn.example"] },
    environment,
  );
  assert.equal(served.remote?.token, AGENT);
  assert.deepEqual(served.viewerTokens, [VIEWER]);
  assert.deepEqual(served.iceServers, [
    { urls: "turn:turn.example", username: "box", credential: "a:credential:with:colons" },
  ]);
  const { message } = await refusal(() => relayConfig({}, environment));
  assert.match(message, /--agent-token-file/);
  if (Deno.build.os !== "windows") await Deno.chmod(CREDENTIALS_DIRECTORY, 0o700);
});

Deno.test("credentials: one that cannot be read or used ends the program with 78, and is not shown", async () => {
  await using dir = await TempDir.make();
  const directory = await dir.put("unreadable/api-key/file", "").then(() => `${dir.path}/unreadable`);
  const flags = { allowRead: "/media", relay: "https://relay.example" };
  const unreadable = await refusal(() =>
    serveConfig(flags, environmentOf({ CREDENTIALS_DIRECTORY: directory }))
  );
  assert.deepEqual(unreadable, { message: "the credential api-key cannot be read", exitCode: 78 });
  for (
    const [name, text] of [["api-key", "hunter2"], ["viewer-token", "hunter2 with a space"], [
      "turn-credentials",
      "hunter2",
    ]]
  ) {
    const CREDENTIALS_DIRECTORY = `${dir.path}/${name}`;
    await dir.put(`${name}/${name}`, text!);
    const { message, exitCode } = await refusal(() =>
      serveConfig(
        { ...flags, iceServer: ["turn:turn.example"] },
        environmentOf({
          CREDENTIALS_DIRECTORY,
          ...(name === "api-key" ? {} : { UNARR_API_KEY: AGENT }),
        }),
      )
    );
    assert.equal(exitCode, 78);
    assert.match(message, new RegExp(`^the credential ${name} holds`));
    assert.doesNotMatch(message, /hunter2/);
  }
});

Deno.test("credentials: a relay's tokens may have an account; those of a box have none", async () => {
  await using dir = await TempDir.make();
  const CREDENTIALS_DIRECTORY = await credentials(dir, {
    "agent-token": `${AGENT}   home\n${AGENT}-2\n`,
    "viewer-token": `${VIEWER}\thome\n`,
    "api-key": AGENT,
  });
  const environment = environmentOf({ CREDENTIALS_DIRECTORY });
  const { agentTokens, viewerTokens } = await relayConfig({}, environment);
  assert.deepEqual(agentTokens, [`${AGENT} home`, `${AGENT}-2`]);
  assert.deepEqual(viewerTokens, [`${VIEWER} home`]);
  assert.deepEqual((await serveConfig({ allowRead: "/media" }, environment)).viewerTokens, [VIEWER]);
  if (Deno.build.os !== "windows") await Deno.chmod(CREDENTIALS_DIRECTORY, 0o700);
});
