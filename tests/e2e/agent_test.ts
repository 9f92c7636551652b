import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { type Asked, json, openStream, ScriptedServer } from "../support/scripted_server.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const AGENT = "agent-token-of-the-tests";
const VIEWER = "viewer-token-of-the-tests";

/** A relay and a box are given so long for what takes them a tick of ten seconds and a few waits. */
const PATIENCE_MS = 120_000;

/** A folder of media, and files of keys. */
async function prepare(): Promise<TempDir> {
  const dir = await TempDir.make();
  await dir.put("media/film.bin", new Uint8Array(48 << 20).fill(7));
  for (const name of ["own-key", "agent-keys"]) await dir.put(name, AGENT);
  await dir.put("viewer-keys", VIEWER);
  return dir;
}

function relay(dir: TempDir, port = 0): Promise<Program> {
  return Program.start([
    "relay",
    ...["--listen", `127.0.0.1:${port}`],
    ...["--agent-token-file", `${dir.path}/agent-keys`],
    ...["--viewer-token-file", `${dir.path}/viewer-keys`],
  ]);
}

/** Reads a film over and over until it is told to end. */
function watching(channel: FrameChannel): { begun: Promise<void>; end(): Promise<number> } {
  let bytes = 0;
  let over = false;
  const begun = Promise.withResolvers<void>();
  const film = (async () => {
    do {
      const { status } = await channel.read(0, 4 << 20, ({ byteLength }) => bytes += byteLength);
      assert.equal(status, 0);
      begun.resolve();
    } while (!over);
  })();
  film.catch(begun.reject);
  return {
    begun: within(PATIENCE_MS, "the first bytes", begun.promise),
    end: async () => {
      over = true;
      await within(PATIENCE_MS, "the end of the film", film);
      return bytes;
    },
  };
}

for (const stack of STACK_NAMES) {
  Deno.test(`mirrors: the first relay is killed; the film goes on, the box registers at the second (${stack})`, async () => {
    await using dir = await prepare();
    const first = await relay(dir);
    await using second = await relay(dir);
    const [at, mirror] = [await first.access(), await second.access()];
    const config = await dir.put(
      "config.toml",
      `auth.api_url = "${at.relay}"
      auth.mirrors = ["${mirror.relay}/"]
      downloads.dir = ${JSON.stringify(`${dir.path}/media`)}`,
    );
    await using box = Program.spawn(["--config", config, "serve"], { UNARR_API_KEY: AGENT });
    await box.logged(new RegExp(`registered as \\S+ at ${new URL(at.relay).host}`));
    const { viewer, channel } = await Viewer.open({ ...at, stack, filePath: "film.bin" });
    const film = watching(channel);
    await film.begun;
    await first[Symbol.asyncDispose]();
    await box.logged(new RegExp(`registered as \\S+ at ${new URL(mirror.relay).host}`), PATIENCE_MS);
    const later = await Viewer.open({ ...mirror, stack, filePath: "film.bin" });
    assert.equal((await later.channel.read(0, 1_000)).bytes, 1_000);
    assert.ok(await film.end() >= 4 << 20);
    assert.equal((await channel.read(47 << 20, 0)).bytes, 1 << 20, "and may be asked for more");
    assert.deepEqual(viewer.byes, []);
    await later.viewer.close();
    await viewer.close(true);
  });

  Deno.test(`defect 41: a key that is refused while a film plays ends the program when the film is over (${stack})`, async () => {
    await using dir = await prepare();
    const first = await relay(dir);
    const access = await first.access();
    await using box = Program.spawn([
      `--allow-read=${dir.path}/media`,
      "serve",
      ...["--relay", access.relay, "--api-key-file", `${dir.path}/own-key`],
    ]);
    await box.logged(/registered as/);
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin" });
    const film = watching(channel);
    await film.begun;
    await first[Symbol.asyncDispose]();
    await dir.put("agent-keys", "another-token-of-the-tests");
    await dir.put("viewer-keys", "other-viewers-of-the-tests");
    await using _second = await relay(dir, Number(new URL(access.relay).port));
    await box.logged(/refused the key from .*own-key; this ends with the last of 1 sessions/, PATIENCE_MS);
    assert.ok(await film.end() >= 4 << 20);
    assert.equal((await channel.read(0, 1_000)).bytes, 1_000, "it may be asked for more");
    await viewer.close(true);
    const { code, err } = await within(PATIENCE_MS, "the end", box.ended());
    assert.equal(code, 77);
    assert.match(err, /^the relay refused the key from \S+own-key$/m);
    assert.ok(!err.includes(AGENT));
  });
}

/** A relay that lists one session and keeps what is said in it; everything else is as it should be. */
class OneSession implements AsyncDisposable {
  readonly server: ScriptedServer;
  readonly #stop = new AbortController();

  /** @param answer further fields of the answers to sync */
  constructor(session: Record<string, unknown>, answer: Record<string, unknown> = {}) {
    let listed = false;
    this.server = new ScriptedServer(({ path }) => {
      if (path.endsWith("/events")) return openStream(this.#stop.signal);
      if (path.endsWith("/wake")) {
        return new Promise((resolve) => setTimeout(() => resolve(json(200, {})), 1_000));
      }
      if (!path.endsWith("/sync")) return json(200, {});
      const webrtcSessions = listed ? [] : [session];
      listed = true;
      return json(200, { webrtcSessions, ...answer });
    });
  }

  /** Where among the requests the session's `bye` is, and why it was said. */
  async bye(): Promise<{ index: number; reason: string }> {
    const isBye = ({ method, path, body }: Asked) =>
      method === "POST" && path.includes("/signal/") && JSON.parse(body).type === "bye";
    const [bye] = await within(PATIENCE_MS, "the bye", this.server.until(1, isBye));
    return {
      index: this.server.asked.indexOf(bye!),
      reason: JSON.parse(JSON.parse(bye!.body).payload).reason,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.server[Symbol.asyncDispose]();
  }
}

function box(dir: TempDir, { server }: OneSession): Program {
  return Program.spawn([`--allow-read=${dir.path}/media`, "serve", "--relay", server.base], {
    UNARR_API_KEY: AGENT,
  });
}

Deno.test("defect 43: while a large folder is searched for a film, the relay is spoken to", async () => {
  await using dir = await TempDir.make();
  await Deno.mkdir(`${dir.path}/media/many`, { recursive: true });
  for (let i = 0; i < 20_000; i++) Deno.writeTextFileSync(`${dir.path}/media/many/${i}.mp4`, "");
  // Somebody looks: one more sync at once.
  await using relay = new OneSession({ sessionId: "s1", filePath: "many" }, { watching: true });
  await using _ = box(dir, relay);
  const { index, reason } = await relay.bye();
  assert.equal(reason, "no-video");
  const syncs = relay.server.asked.slice(0, index).filter(({ path }) => path.endsWith("/sync"));
  assert.ok(syncs.length >= 2, `${syncs.length} syncs before the folder was searched`);
});

Deno.test("defect 44: a session of a wrong type is refused, and its viewer told", async () => {
  await using dir = await TempDir.make();
  await dir.put("media/film.bin", "film");
  await using relay = new OneSession({ sessionId: "s1", filePath: ["film.bin"] });
  await using _ = box(dir, relay);
  assert.equal((await relay.bye()).reason, "unsupported-transport");
});

for (const filePath of ["/etc/passwd", "../agent-keys", ".hidden/film.bin"]) {
  Deno.test(`defect 56: a relay that asks for ${filePath} gets no more than a viewer`, async () => {
    await using dir = await TempDir.make();
    await dir.put("media/film.bin", "film");
    await dir.put("media/.hidden/film.bin", "film");
    await dir.put("agent-keys", "secret");
    await using relay = new OneSession({ sessionId: "s1", filePath });
    await using _ = box(dir, relay);
    assert.equal((await relay.bye()).reason, "path-not-allowed");
  });
}

Deno.test("defect 49: only serve speaks to a relay as the box; there is nothing that registers it besides", async () => {
  await using dir = await TempDir.make();
  await using server = new ScriptedServer(() => json(200, {}));
  const environment = { UNARR_API_URL: server.base, UNARR_API_KEY: AGENT };
  const share = `--allow-read=${dir.path}`;
  for (
    const args of [["--version"], [share, "service", "systemd"], ["completions", "bash"], ["serve", "--help"]]
  ) {
    const { code, err } = await Program.run(args, environment);
    assert.equal(code, 0, err);
  }
  const { code, err } = await Program.run([share, "status"], environment);
  assert.equal(code, 2, err);
  assert.deepEqual(server.asked, []);
});

Deno.test({
  name: "defect 51: a session starts no ffmpeg, nor any other program",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = await TempDir.make();
    await dir.put("media/film.mp4", new Uint8Array(100_000));
    for (const name of ["ffmpeg", "ffprobe"]) {
      await Deno.chmod(await dir.put(`bin/${name}`, `#!/bin/sh\ntouch ${dir.path}/started\n`), 0o755);
    }
    const PATH = `${dir.path}/bin:${Deno.env.get("PATH")}`;
    const fake = await new Deno.Command("/bin/sh", { args: ["-c", "ffmpeg"], env: { PATH } }).output();
    assert.ok(fake.success);
    await Deno.remove(`${dir.path}/started`);
    await using program = await Program.start(
      [`--allow-read=${dir.path}/media`, "serve", "--listen", "127.0.0.1:0"],
      { PATH },
    );
    const { viewer, channel } = await Viewer.open({
      ...await program.access(),
      stack: "libwebrtc",
      filePath: "film.mp4",
    });
    assert.equal((await channel.read(0, 0)).bytes, 100_000);
    for await (const { name } of Deno.readDir(`/proc/${program.pid}/task`)) {
      // A thread that ends meanwhile has none.
      const children = await Deno.readTextFile(`/proc/${program.pid}/task/${name}/children`).catch(() => "");
      assert.equal(children, "");
    }
    await assert.rejects(Deno.stat(`${dir.path}/started`), Deno.errors.NotFound);
    await viewer.close();
  },
});
