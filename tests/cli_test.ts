import assert from "node:assert/strict";
import { Program } from "./support/program.ts";
import { TempDir } from "./support/temp_dir.ts";
import { within } from "./support/within.ts";

/** Runs the program and expects one sentence on standard error. */
async function refused(args: string[], code: number, sentence: RegExp): Promise<void> {
  const ended = await Program.run(args);
  assert.deepEqual([ended.code, ended.out], [code, ""], ended.err);
  assert.match(ended.err, sentence);
  assert.equal(ended.err.trim().split("\n").length, 1, `more than a sentence: ${ended.err}`);
}

Deno.test("cli: without a folder, or with one that cannot be shared, it says so", async () => {
  await refused(["serve"], 2, /no folder is shared/);
  await refused(["--allow-read=/nowhere/at/all", "serve"], 2, /\/nowhere\/at\/all does not exist/);
  await refused(["--allow-read=/etc/hostname", "serve"], 2, /is not a folder/);
});

Deno.test("cli: unknown options and commands are told", async () => {
  await refused(["--allow-read=/tmp", "serve", "--bogus"], 2, /unknown option '--bogus'/);
  await refused(["dance"], 2, /unknown command 'dance'/);
  await refused(["--allow-read=/tmp", "serve", "--listen", "here"], 2, /--listen takes an address/);
  await refused(
    ["--allow-read=/tmp", "serve", "--listen", "127.0.0.1:70000"],
    2,
    /--listen takes an address/,
  );
  await refused(["--allow-read=/tmp", "serve", "--max-sessions", "0"], 2, /from 1 to 1000/);
  await refused(["--allow-read=/tmp", "serve", "--ice-server", "http://x"], 2, /--ice-server takes/);
  await refused(["--allow-read=/tmp", "serve", "--relay", "ftp://x"], 2, /--relay takes/);
  await refused(["--allow-read=/tmp", "serve", "--relay", "http://127.0.0.1:1"], 2, /wants a key/);
  await refused(["relay"], 2, /--agent-token-file/);
  await refused(["relay", "--agent-token-file", "/nowhere"], 2, /does not exist/);
});

Deno.test("cli: a short or malformed token is refused without being shown", async () => {
  await using dir = await TempDir.make();
  await dir.put("short", "abc");
  await dir.put("odd", "a token with spaces in it");
  await refused(["relay", "--agent-token-file", `${dir.path}/short`], 2, /shorter than 16/);
  const odd = await Program.run(["relay", "--agent-token-file", `${dir.path}/odd`]);
  assert.equal(odd.code, 2);
  assert.doesNotMatch(odd.err, /spaces in it/);
});

Deno.test("cli: a port that is taken is one clear sentence", async () => {
  await using dir = await TempDir.make();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const ended = await Program.run([`--allow-read=${dir.path}`, "serve", "--listen", `127.0.0.1:${port}`]);
  taken.close();
  assert.deepEqual([ended.code, ended.out], [1, ""]);
  assert.match(ended.err, new RegExp(`127\\.0\\.0\\.1:${port} is taken`));
});

Deno.test("cli: a key that the relay refuses ends the agent", async () => {
  await using dir = await TempDir.make();
  await dir.put("good", "agent-token-of-the-tests");
  await dir.put("bad", "another-token-of-the-tests");
  await using relay = await Program.start([
    "relay",
    "--listen",
    "127.0.0.1:0",
    "--agent-token-file",
    `${dir.path}/good`,
  ]);
  const ended = await Program.run([
    `--allow-read=${dir.path}`,
    ...["serve", "--relay", (await relay.access()).relay, "--api-key-file", `${dir.path}/bad`],
  ]);
  assert.equal(ended.code, 77);
  assert.ok(ended.err.includes(`the relay refused the key from ${dir.path}/bad\n`), ended.err);
});

Deno.test("cli: help and version", async () => {
  const help = await Program.run(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /unarr-stream --allow-read=\/media serve/);
  assert.ok(help.out.split("\n").length <= 25, "fits a screen");
  const version = await Program.run(["--version"]);
  assert.match(version.out, /^unarr-stream \d+\.\d+\.\d+ \(/);
});

Deno.test("cli: serve prints one line, with a token of its own unless it is given one", async () => {
  await using dir = await TempDir.make();
  await dir.put("viewers", "# the family\nviewer-token-of-the-family\n");
  await using first = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  assert.match(
    await first.link,
    /^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{32}&box=[A-Za-z0-9_-]{43}$/,
  );
  await using second = await Program.start([
    `--allow-read=${dir.path}`,
    ...["serve", "--listen", "127.0.0.1:0", "--viewer-token-file", `${dir.path}/viewers`],
  ]);
  assert.match(await second.link, /#token=viewer-token-of-the-family&box=/);
  await using third = await Program.start(
    [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"],
    { UNARR_VIEWER_TOKEN: "viewer-token-of-the-environment" },
  );
  assert.match(await third.link, /#token=viewer-token-of-the-environment&box=/);
  for (const [program, signal] of [[first, "SIGTERM"], [second, "SIGINT"]] as const) {
    program.signal(signal);
    const { code, out } = await within(10_000, "the end", program.ended());
    assert.deepEqual([code, out.trim().split("\n").length], [0, 1]);
  }
});

Deno.test("cli: tokens never reach the log", async () => {
  await using dir = await TempDir.make();
  await using program = await Program.start([
    `--allow-read=${dir.path}`,
    ...["--log-level", "debug", "serve", "--listen", "127.0.0.1:0"],
  ]);
  const { relay, token } = await program.access();
  const response = await fetch(`${relay}/api/stream/agents`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(response.status, 200);
  await response.body?.cancel();
  program.signal("SIGTERM");
  const { err } = await program.ended();
  assert.ok(!err.includes(token));
});
