import assert from "node:assert/strict";
import { moment } from "../../src/commands/share/moment.ts";
import { qrCode } from "../../src/commands/share/qr_code.ts";
import { ConfigError } from "../../src/config/origin.ts";
import { fromBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { type Grant, linkKey, parseGrant } from "../../src/trust/grant.ts";
import { type Ended, Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { system } from "./shell.ts";

const key = new BoxKey(new Uint8Array(32).fill(9));

async function setUp(): Promise<{ dir: TempDir; given: string[] }> {
  const dir = await TempDir.make();
  await dir.put("media/films/a b.mp4", "film");
  await dir.put("media/.hidden", "hidden");
  const identity = await dir.put("identity", key.format());
  const viewers = await dir.put("viewers", "viewer-token-of-the-family\n");
  return { dir, given: ["--identity-file", identity, "--viewer-token-file", viewers] };
}

/** The grant of a printed link, after a look at what goes with it. */
function grantOf({ code, out, err }: Ended, base: string): { grant: Grant; fields: URLSearchParams } {
  assert.equal(code, 0, err);
  const [link, ...more] = out.trimEnd().split("\n");
  assert.deepEqual(more, []);
  assert.ok(link!.startsWith(`${base}/#`), link);
  const fields = new URLSearchParams(link!.slice(link!.indexOf("#") + 1));
  assert.deepEqual(fromBase64Url(fields.get("box")!), key.publicKey);
  const text = fields.get("grant")!;
  assert.deepEqual(fromBase64Url(fields.get("key")!), linkKey(key, text));
  const grant = parseGrant(text)!;
  assert.ok(err.includes(grant.id), err);
  assert.equal(fields.get("token"), "viewer-token-of-the-family");
  return { grant, fields };
}

Deno.test("share: a file's link says what it allows, and for how long", async () => {
  const { dir, given } = await setUp();
  await using _ = dir;
  const media = `${dir.path}/media`;
  const share = [`--allow-read=${media}`, "share"];
  const before = Math.floor(Date.now() / 1_000);
  for (const path of ["films/a b.mp4", `${media}/films/a b.mp4`]) {
    const ended = await Program.run([
      ...share,
      path,
      "--expires",
      "7d",
      "--not-before",
      "2026-01-31",
      ...given,
    ]);
    const { grant, fields } = grantOf(ended, "http://127.0.0.1:8090");
    const { id: _id, exp, ...rest } = grant;
    assert.deepEqual(rest, {
      v: 1,
      path: "films/a b.mp4",
      kind: "file",
      list: false,
      nbf: Date.UTC(2026, 0, 31) / 1_000,
    });
    assert.ok(exp! >= before + 7 * 86_400 && exp! <= Date.now() / 1_000 + 7 * 86_400);
    assert.deepEqual([fields.get("path"), fields.get("agent")], ["films/a b.mp4", null]);
  }
});

Deno.test("share: folders, the whole share, a relay elsewhere, another address", async () => {
  const { dir, given } = await setUp();
  await using _ = dir;
  const media = `--allow-read=${dir.path}/media`;
  const folder = grantOf(
    await Program.run([media, "share", "films", "--no-list", ...given]),
    "http://127.0.0.1:8090",
  );
  assert.deepEqual([folder.grant.path, folder.grant.kind, folder.grant.list], ["films", "folder", false]);
  assert.equal(folder.fields.get("path"), "films/");
  const elsewhere = ["--relay", "https://relay.example/x/", "--agent", "box-1"];
  const whole = grantOf(await Program.run(["share", ...elsewhere, ...given]), "https://relay.example/x");
  assert.deepEqual([whole.grant.path, whole.grant.kind, whole.grant.list], ["", "folder", true]);
  assert.deepEqual([whole.fields.get("path"), whole.fields.get("agent")], [null, "box-1"]);
  // Nobody looks, where no folder is named.
  const listen = ["--listen", "192.0.2.1:81"];
  const unseen = grantOf(await Program.run(["share", "series/", ...listen, ...given]), "http://192.0.2.1:81");
  assert.deepEqual([unseen.grant.path, unseen.grant.kind], ["series", "folder"]);
});

Deno.test("share: what cannot be shared is one sentence", async () => {
  const { dir, given } = await setUp();
  await using _ = dir;
  const media = `--allow-read=${dir.path}/media`;
  const cases: [string[], RegExp][] = [
    [[media, "share", "films/none", ...given], /^films\/none: there is nothing at the path/],
    [[media, "share", ".hidden", ...given], /^\.hidden: the path is not allowed/],
    [[media, "share", "../identity", ...given], /the path is not allowed/],
    [["share", "../identity", ...given], /no path inside the share/],
    [["share", "/etc/passwd", ...given], /no path inside the share/],
    [["share", "a", "--expires", "2020-01-01", ...given], /^--expires: the link would never be valid/],
    [["share", "a", "--expires", "1d", "--not-before", "2d", ...given], /never be valid/],
    [["share", "a", "--expires", "soon", ...given], /^--expires takes a time like 30m/],
    [["share", "a", "--listen", "127.0.0.1:0", ...given], /^--listen takes the port/],
    [["share", "a", ...given.slice(2)], /^no identity: name the box's/],
    [["share", "a", ...given.slice(0, 2)], /^a link has a viewer's token/],
    [["share", "revoke", "short"], /^"short" is no link's id/],
  ];
  for (const [args, sentence] of cases) {
    const { code, out, err } = await Program.run(args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(err, sentence);
    assert.equal(err.trimEnd().split("\n").length, 1, err);
  }
});

Deno.test("share revoke: prints the line, and how it is appended", async () => {
  const { code, out, err } = await Program.run([
    ...["share", "revoke", "3f0a5c1b9d2e4f607182a3b4", "--revocation-file", "/etc/it's/revoked"],
  ]);
  assert.deepEqual([code, out], [0, "3f0a5c1b9d2e4f607182a3b4\n"]);
  assert.ok(err.includes("\n  echo 3f0a5c1b9d2e4f607182a3b4 >> '/etc/it'\\''s/revoked'\n"), err);
});

Deno.test("identity: a new one each time, of which show tells the public half", async () => {
  await using dir = await TempDir.make();
  const made = await Promise.all([1, 2].map(() => Program.run(["identity", "new"])));
  assert.notEqual(made[0]!.out, made[1]!.out);
  assert.match(made[0]!.out, /^unarr-identity-1:[\w-]{43}\n$/);
  assert.match(made[0]!.err, /umask 077/);
  assert.ok(!made[0]!.err.includes(made[0]!.out.trim()));
  const file = await dir.put("identity", key.format());
  const shown = await Program.run(["identity", "show", "--identity-file", file]);
  assert.deepEqual(fromBase64Url(shown.out.trim()), key.publicKey);
  const none = await Program.run(["identity", "show"]);
  assert.deepEqual([none.code, none.out], [2, ""]);
});

Deno.test("share: times are counted from now, or dates", () => {
  const now = Date.UTC(2026, 10, 23);
  const seconds = (text: string) => moment(text, "--expires", now) - now / 1_000;
  assert.deepEqual(["30m", "12h", "7d", "4w"].map(seconds), [1_800, 43_200, 604_800, 2_419_200]);
  assert.equal(seconds("2026-11-24"), 86_400);
  assert.equal(seconds("2026-11-23T01:00:00+01:00"), 0);
  for (
    const wrong of [
      "",
      "7",
      "d",
      "-1d",
      "7 d",
      "1e3d",
      "2026-13-01",
      "tomorrow",
      "1234567d",
      "2026-11-24 10:00",
    ]
  ) {
    assert.throws(() => seconds(wrong), ConfigError, wrong);
  }
});

Deno.test("share: a terminal gets a QR code, where it is wide enough", async () => {
  const code = (await qrCode("http://192.0.2.1:8090/#token=x", 80))!;
  const lines = code.split("\n");
  assert.ok(lines.length > 10 && lines.every((line) => line.length === lines[0]!.length));
  assert.match(code, /^[█▀▄ \n]+$/);
  assert.equal(await qrCode("x".repeat(1_000), 80), undefined);

  const { dir, given } = await setUp();
  await using _ = dir;
  if (Deno.build.os !== "linux") return;
  const run = [Deno.execPath(), "run", "-A", "--no-check", "main.ts", "share", ...given];
  const quoted = run.map((word) => `'${word}'`).join(" ");
  const shown = await system("script", ["-qec", `stty cols 100; ${quoted}`, "/dev/null"]);
  if (shown === undefined) return;
  assert.match(shown.out, /^http:\S+\r\n█{40,}\r\n/);
});
