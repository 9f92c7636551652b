import assert from "node:assert/strict";
import { join } from "node:path";
import { doctor, examined, programWords, ROOT, selfSigned } from "../doctor/support.ts";
import { TestRelay, VIEWER_TOKEN } from "../support/box.ts";
import { json, ScriptedServer } from "../support/scripted_server.ts";
import { TempDir } from "../support/temp_dir.ts";
import { system } from "./shell.ts";

const KEY = "agent-token-of-the-tests";
const UNIX = Deno.build.os !== "windows";

/** A folder with one film, to be shared. */
async function films(): Promise<TempDir> {
  const dir = await TempDir.make();
  await dir.put("a.mkv", "x");
  return dir;
}

Deno.test("doctor: a box that needs nothing is well, one line a check, in 80 columns", async () => {
  await using dir = await films();
  const { code, out, err } = await doctor(dir.path, ["--listen", "127.0.0.1:0"]);
  assert.deepEqual([code, err], [0, ""], out);
  const lines = out.trimEnd().split("\n");
  assert.deepEqual(lines.filter((line) => !/^([✓–] \w| {2}(→ )?\S)/.test(line)), []);
  // A path may be long by itself.
  assert.deepEqual(lines.filter((line) => line.length > 80 && !line.includes(dir.path)), []);
  const text = out.replace(/\n {2,}/g, " ");
  assert.ok(text.includes(`✓ Folder ${dir.path}: can be read, 1 video\n`), text);
  assert.match(text, /^✓ Threads: confined/m);
  assert.match(text, /^✓ Encryption: right, \d+ Mbit\/s on one processor \((kernel|node)/m);
  for (const name of ["STUN", "NAT"]) {
    assert.match(text, new RegExp(`^– ${name}: .* --ice-server stun:host:port$`, "m"));
  }
});

Deno.test("doctor: folders that cannot be shared end it with 1, beside one that can", async () => {
  await using dir = await films();
  const [missing, file] = [join(dir.path, "missing"), join(dir.path, "a.mkv")];
  const seen = await examined([dir.path, missing, file].join());
  assert.deepEqual([seen.code, seen.ok], [1, false]);
  assert.equal(seen.of("Folder", dir.path), "good: can be read, 1 video");
  assert.equal(seen.of("Folder", missing), "bad: does not exist");
  assert.equal(seen.of("Folder", file), "bad: is not a folder");
  assert.match(seen.of("Threads"), /^good: confined/);
  for (const { state, advice } of seen.checks) assert.ok(state !== "bad" || advice !== undefined);
});

Deno.test("doctor: a folder through a link is looked at, and its engine is confined to where it leads", async () => {
  await using dir = await TempDir.make();
  await dir.put("films/a.mkv", "x");
  const link = join(dir.path, "link");
  await Deno.symlink(join(dir.path, "films"), link, { type: "junction" });
  const seen = await examined(link);
  assert.equal(seen.of("Folder", link), "good: can be read, 1 video");
  assert.match(seen.of("Threads"), /^good: confined/);
});

Deno.test({
  name: "doctor: a folder that this user may not read, and one in a folder",
  ignore: !UNIX,
  fn: async () => {
    await using dir = await films();
    await dir.put("closed/b.mkv", "x");
    const closed = `${dir.path}/closed`;
    await Deno.chmod(closed, 0);
    // Root may read everything, unless it gives that up.
    const under = Deno.uid() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
    const seen = await examined(`${dir.path},${closed}`, [], { under });
    await Deno.chmod(closed, 0o700);
    assert.equal(seen.code, 1);
    assert.equal(seen.of("Folder", closed), "bad: may not be read by this user");
    assert.equal(
      seen.of("Folder", dir.path),
      "good: can be read, 1 video; 1 of the folders in it cannot be read",
    );
  },
});

Deno.test("doctor: an engine that could do more than it should is told", async () => {
  await using dir = await films();
  const seen = await examined(dir.path, [], { main: "tests/support/threads/unconfined_main.ts" });
  assert.equal(seen.code, 1);
  assert.match(seen.of("Threads"), /^bad: thread engine is not confined as it must be: it /);
});

Deno.test("doctor: a port that is taken", async () => {
  await using dir = await films();
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = `127.0.0.1:${other.addr.port}`;
  const seen = await examined(dir.path, ["--listen", listen]);
  assert.equal(seen.code, 1);
  assert.match(seen.of("Port", listen), /^bad: taken/);
});

Deno.test("doctor: an address that this box has not", async () => {
  await using dir = await films();
  const seen = await examined(dir.path, ["--listen", "192.0.2.77:8090"]);
  assert.equal(seen.of("Port", "192.0.2.77:8090"), "bad: this box cannot listen there");
});

Deno.test("doctor: a relay that takes the key is asked two things, and registers no box", async () => {
  await using dir = await films();
  await using relay = new TestRelay();
  const env = { UNARR_API_KEY: KEY };
  const seen = await examined(dir.path, ["--relay", relay.base, "--listen", "127.0.0.1:1"], { env });
  assert.deepEqual([seen.code, seen.of("Relay"), seen.of("Key")], [
    0,
    "good: answers",
    "good: the relay takes it",
  ]);
  assert.equal(seen.of("Clock"), "good: agrees with the relay's");
  assert.match(seen.of("Port", "127.0.0.1:1"), /^none/);
  assert.ok(!seen.said.includes(KEY));
  const calls = relay.requests.map((request) => request.replace(/[0-9a-f-]{36}/, "ID"));
  assert.deepEqual(calls.sort(), [
    "GET /api/internal/stream/signal/ID/events",
    "GET /api/stream/agents",
    "GET /healthz",
  ]);
  const agents = await fetch(`${relay.base}/api/stream/agents`, {
    headers: { authorization: `Bearer ${VIEWER_TOKEN}` },
  });
  assert.deepEqual(await agents.json(), { agents: [] });
});

Deno.test("doctor: a key that the relay refuses, and one that is for viewers", async () => {
  await using dir = await films();
  await using relay = new TestRelay();
  const key = "another-token-of-the-tests";
  const refused = await examined(dir.path, ["--relay", relay.base], { env: { UNARR_API_KEY: key } });
  assert.equal(refused.code, 1);
  assert.equal(refused.of("Relay"), "good: answers");
  assert.equal(refused.of("Key"), "bad: the relay refused the one from UNARR_API_KEY");
  assert.ok(!refused.said.includes(key));
  const file = await dir.put("key", VIEWER_TOKEN);
  const viewers = await examined(dir.path, ["--relay", relay.base, "--api-key-file", file]);
  assert.equal(viewers.of("Key"), `bad: the one from ${file} is for viewers`);
});

Deno.test("doctor: a relay that is off, and names that nobody knows", async () => {
  await using dir = await films();
  const off = await examined(dir.path, ["--relay", await closedPort()], { env: { UNARR_API_KEY: KEY } });
  assert.equal(off.code, 1);
  assert.equal(off.of("Relay"), "bad: nothing listens there");
  assert.deepEqual([off.of("Key").slice(0, 5), off.of("Clock").slice(0, 5)], ["none:", "none:"]);
  const unknown = await examined(
    dir.path,
    ["--relay", "http://nowhere.invalid", "--ice-server", "stun:nowhere.invalid"],
    { env: { UNARR_API_KEY: KEY } },
  );
  assert.equal(unknown.of("Relay"), "bad: its name is not known");
  assert.equal(unknown.of("Server", "stun:nowhere.invalid"), "bad: its name is not known");
  assert.match(unknown.of("NAT"), /^none/);
});

Deno.test("doctor: a relay whose certificate nobody vouches for", async () => {
  await using dir = await films();
  const { cert, key } = await selfSigned(dir);
  const [certificate, privateKey] = [await Deno.readTextFile(cert), await Deno.readTextFile(key)];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: certificate, key: privateKey, onListen() {} },
    () => json(200, { status: "ok" }),
  );
  const base = `https://localhost:${server.addr.port}`;
  const seen = await examined(dir.path, ["--relay", base], { env: { UNARR_API_KEY: KEY } });
  assert.equal(seen.of("Relay"), "bad: its certificate is not to be trusted");
});

Deno.test("doctor: a web server that is no relay is not taken for one", async () => {
  await using dir = await films();
  await using server = new ScriptedServer(({ path }) => {
    const headers = { "content-type": "text/html; charset=utf-8" };
    return new Response("<title>Welcome</title>", { status: path.startsWith("/api") ? 404 : 200, headers });
  });
  const seen = await examined(dir.path, ["--relay", server.base], { env: { UNARR_API_KEY: KEY } });
  assert.equal(seen.of("Relay"), "none: something answers, perhaps no relay");
  assert.equal(seen.of("Key"), "none: the relay did not say (status 404)");
});

Deno.test("doctor: a relay that has its own trouble, has moved, or never answers", async () => {
  await using dir = await films();
  const silent = Promise.withResolvers<Response>();
  const answers: [Response | Promise<Response>, string][] = [
    [json(502, {}), "bad: answers, but with an error (status 502)"],
    [new Response(null, { status: 301, headers: { location: "/" } }), "bad: has moved to another address"],
    [silent.promise, "bad: does not answer"],
  ];
  await Promise.all(answers.map(async ([answer, expected]) => {
    const status = async () => (await answer).status;
    await using server = new ScriptedServer(async ({ path }) =>
      path === "/healthz" ? await answer : new Response(null, { status: await status() })
    );
    const seen = await examined(dir.path, ["--relay", server.base], { env: { UNARR_API_KEY: KEY } });
    assert.deepEqual([seen.code, seen.of("Relay")], [1, expected]);
    if (answer instanceof Response && answer.status === 502) {
      assert.equal(seen.of("Key"), "none: the relay did not say (status 502)");
    }
  }));
  silent.resolve(json(200, {}));
});

Deno.test("doctor: a clock that differs from the relay's by an hour", async () => {
  await using dir = await films();
  for (const [hours, expected] of [[1, "behind"], [-1, "ahead of"]] as const) {
    await using server = new ScriptedServer(() =>
      json(404, {}, { date: new Date(Date.now() + hours * 3_600_000).toUTCString() })
    );
    const seen = await examined(dir.path, ["--relay", server.base], { env: { UNARR_API_KEY: KEY } });
    assert.equal(seen.code, 1);
    assert.equal(seen.of("Clock"), `bad: this box is 60 minutes ${expected} the relay`);
  }
});

Deno.test("doctor: a configuration that is wrong ends it as it ends serve", async () => {
  const { code, out, err } = await doctor("", []);
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^no folder is shared: say which with --allow-read=<folder>/);
});

Deno.test({
  name: "doctor: a terminal gets colour, unless NO_COLOR is set",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = await films();
    const words = [...programWords(), `--allow-read=${dir.path}`, "doctor", "--listen", "127.0.0.1:0"];
    const run = async (NO_COLOR: string) => {
      const command = words.map((word) => `'${word}'`).join(" ");
      const env = { NO_COLOR, UNARR_CONFIG_DIR: "/nonexistent" };
      return (await system("script", ["-qec", command, "/dev/null"], { cwd: ROOT, env }))?.out;
    };
    const colored = await run("");
    if (colored === undefined) return;
    assert.ok(colored.includes("\u001b[32m✓\u001b[0m Folder"), colored);
    const plain = (await run("1"))!;
    assert.ok(plain.includes("✓ Folder") && !plain.includes("\u001b["), plain);
  },
});

/** An address where nothing listens, a moment after something did. */
async function closedPort(): Promise<string> {
  const server = new ScriptedServer(() => new Response());
  const { base } = server;
  await server[Symbol.asyncDispose]();
  return base;
}
