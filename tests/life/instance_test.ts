import assert from "node:assert/strict";
import { instanceOf } from "../../src/life/instance_ports.ts";
import { freePort } from "../support/free_port.ts";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const AGENT = "agent-token-of-the-tests";
const RUNNING = /^it is running already\n$/;

Deno.test("instance: a second start says one line and ends with 0; after the first's end it serves", async () => {
  await using dir = await TempDir.make();
  await Deno.mkdir(`${dir.path}/media`);
  await Deno.symlink("media", `${dir.path}/link`);
  const port = freePort();
  const serve = (folder: string, ...more: string[]) => [
    `--allow-read=${dir.path}/${folder}`,
    ...["serve", "--listen", `127.0.0.1:${port}`, ...more],
  ];
  const first = await Program.start(serve("media"));
  try {
    for (const again of [serve("media"), serve("link", "--max-sessions", "3")]) {
      const { code, out, err } = await Program.run(again);
      assert.deepEqual([code, out], [0, ""], err);
      assert.match(err, RUNNING);
    }
    // Another name is another instance, which finds the relay's port taken.
    const named = await Program.run(serve("media", "--instance", "attic"));
    assert.equal(named.code, 1);
    assert.match(named.err, /is taken by another program/);
    // However the first ends, nothing is left of it.
    first.signal("SIGKILL");
    await first.ended();
    await using second = await Program.start(serve("media"));
    second.signal("SIGTERM");
    assert.equal((await within(15_000, "the end", second.ended())).code, 0);
  } finally {
    await first[Symbol.asyncDispose]();
  }
});

Deno.test("instance: a box at a relay elsewhere runs once; another name runs beside it", async () => {
  await using dir = await TempDir.make();
  const keys = await dir.put("keys", AGENT);
  await Deno.mkdir(`${dir.path}/media`);
  await using relay = await Program.start([
    ...["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys],
  ]);
  const { relay: base } = await relay.access();
  const serve = (...more: string[]) => [
    `--allow-read=${dir.path}/media`,
    ...["serve", "--relay", base, "--api-key-file", keys, ...more],
  ];
  await using first = Program.spawn(serve());
  await first.logged(/registered as/);
  const { code, err } = await Program.run(serve());
  assert.equal(code, 0);
  assert.match(err, RUNNING);
  await using beside = Program.spawn(serve("--instance", "beside"));
  await beside.logged(/registered as/);
});

Deno.test("instance: of four that start at once one serves, the others end with 0", async () => {
  await using dir = await TempDir.make();
  const args = [`--allow-read=${dir.path}`, "serve", "--listen", `127.0.0.1:${freePort()}`];
  const programs = Array.from({ length: 4 }, () => Program.spawn(args));
  try {
    const codes: number[] = [];
    await Promise.race([
      within(
        60_000,
        "the end of three",
        new Promise<void>((resolve) => {
          for (const program of programs) {
            void program.ended().then(({ code }) => {
              if (codes.push(code) === 3) resolve();
            });
          }
        }),
      ),
    ]);
    assert.deepEqual(codes, [0, 0, 0]);
    await within(30_000, "the link", Promise.any(programs.map(({ link }) => link)));
  } finally {
    for (const program of programs) await program[Symbol.asyncDispose]();
  }
});

Deno.test("instance: with a foreign program on its port it serves, on the next one", async () => {
  await using dir = await TempDir.make();
  const listen = `127.0.0.1:${freePort()}`;
  const { ports } = await instanceOf(["folders", listen, dir.path]);
  const foreign = Deno.listen({ hostname: "127.0.0.1", port: ports[0]! });
  try {
    const args = [`--allow-read=${dir.path}`, "serve", "--listen", listen];
    await using first = await Program.start(args);
    assert.throws(() => Deno.listen({ hostname: "127.0.0.1", port: ports[1]! }), Deno.errors.AddrInUse);
    const { code, err } = await Program.run(args);
    assert.equal(code, 0, err);
    assert.match(err, RUNNING);
    first.signal("SIGTERM");
    await first.ended();
  } finally {
    foreign.close();
  }
});

Deno.test("instance: a name that is none is refused", async () => {
  const { code, err } = await Program.run(["--allow-read=/tmp", "serve", "--instance", "a b"]);
  assert.equal(code, 2);
  assert.match(err, /^--instance takes a name/);
});
