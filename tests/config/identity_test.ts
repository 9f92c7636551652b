import assert from "node:assert/strict";
import { serveConfig, type ServeFlags } from "../../src/config/config.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const served = (dir: TempDir, flags: ServeFlags, variables = {}) =>
  serveConfig({ allowRead: dir.path, ...flags }, environmentOf(variables));

Deno.test("identity: of a file that is named, else of systemd, else one for this run", async () => {
  await using dir = await TempDir.make();
  const [flag, credential] = [BoxKey.generate(), BoxKey.generate()];
  const identityFile = await dir.put("identity", `${flag.format()}\n`);
  await dir.put("credentials/identity", credential.format());
  const CREDENTIALS_DIRECTORY = `${dir.path}/credentials`;
  const secretOf = async (flags: ServeFlags, variables = {}) =>
    (await served(dir, flags, variables)).identity;
  assert.deepEqual(await secretOf({ identityFile }, { CREDENTIALS_DIRECTORY }), {
    secret: flag.secret,
    configured: true,
  });
  assert.deepEqual((await secretOf({}, { CREDENTIALS_DIRECTORY })).secret, credential.secret);
  const [one, other] = [await secretOf({}), await secretOf({})];
  assert.deepEqual([one.configured, one.secret.byteLength], [false, 32]);
  assert.notDeepEqual(one.secret, other.secret);
});

Deno.test("identity: a link whose token stays the same stays good without a file; a relay elsewhere gains nothing", async () => {
  await using dir = await TempDir.make();
  const secretOf = async (token: string, variables = {}) =>
    (await served(dir, {}, { UNARR_VIEWER_TOKEN: token, ...variables })).identity.secret;
  const [token, another] = ["a-token-that-stays-the-same", "a-token-that-is-another-one"];
  assert.deepEqual(await secretOf(token), await secretOf(token));
  assert.notDeepEqual(await secretOf(token), await secretOf(another));
  const elsewhere = { UNARR_API_URL: "https://relay.example", UNARR_API_KEY: "the-key-of-an-agent" };
  assert.notDeepEqual(await secretOf(token, elsewhere), await secretOf(token, elsewhere));
});

Deno.test("identity: a file that holds none is a sentence that does not show what it holds", async () => {
  await using dir = await TempDir.make();
  for (const text of ["", "hunter2", "unarr-identity-1:hunter2", "unarr-identity-2:hunter2"]) {
    const identityFile = await dir.put("identity", text);
    assert.deepEqual(await refusal(() => served(dir, { identityFile })), {
      message: `${identityFile} holds no identity: unarr-stream identity new prints one`,
      exitCode: 2,
    });
  }
  assert.equal((await refusal(() => served(dir, { identityFile: "/nowhere" }))).exitCode, 2);
});

Deno.test({
  name: "identity: a file that everybody may read earns a warning",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using dir = await TempDir.make();
    const identityFile = await dir.put("identity", BoxKey.generate().format());
    await Deno.chmod(identityFile, 0o644);
    const { warnings } = await served(dir, { identityFile });
    assert.deepEqual(warnings, [
      `${identityFile} holds the box's key and every user of this machine may read it: chmod 600 helps`,
    ]);
    await Deno.chmod(identityFile, 0o600);
    assert.deepEqual((await served(dir, { identityFile })).warnings, []);
  },
});

Deno.test("revocations: a list of ids, and a mistake in it is none", async () => {
  await using dir = await TempDir.make();
  const read = async (text: string) =>
    (await served(dir, { revocationFile: await dir.put("revoked", text) })).revoked;
  assert.deepEqual(await read("# none\n"), []);
  assert.deepEqual(await read("id-of-a-lost-link\r\nid-of-a-lost-link\n another-lost-link-1 # x\n"), [
    "id-of-a-lost-link",
    "another-lost-link-1",
  ]);
  const { message } = await refusal(() => read("id-of-a-lost-link\nshort\n"));
  assert.match(message, /revoked, line 2: this is no link's id$/);
  const { exitCode } = await refusal(() => served(dir, { revocationFile: "/nowhere" }));
  assert.equal(exitCode, 2);
});
