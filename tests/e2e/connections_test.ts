/** Strangers with raw sockets before the real program: what they hold, and that others are served meanwhile. */
import assert from "node:assert/strict";
import { Program, residentBytes } from "../support/program.ts";
import { connect, Crowd, raw, writeAll } from "../support/raw_connections.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const AGENT = "agent-token-of-the-connections-test";
const VIEWER = "viewer-token-of-the-connections-test";
const PATIENCE_MS = 60_000;

const HEALTH = "GET /healthz HTTP/1.1\r\nHost: relay\r\n";
/** A request that does not end. */
const HALF = HEALTH;
const SESSIONS = `POST /api/stream/sessions HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer ${VIEWER}\r\n`;

interface Running {
  readonly program: Program;
  readonly origin: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A relay alone, as the program, started by `through`. */
async function relay(through?: readonly [string, ...string[]]): Promise<Running> {
  const dir = await TempDir.make();
  const files = [
    ...["--agent-token-file", await dir.put("agents", AGENT)],
    ...["--viewer-token-file", await dir.put("viewers", VIEWER)],
  ];
  const program = await Program.start(
    ["relay", "--listen", "127.0.0.1:0", ...files],
    {},
    ...(through === undefined ? [] : [{ through }]),
  );
  return {
    program,
    origin: (await program.access()).relay,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Resolves once the relay answers somebody new; a connection that is refused is tried again. */
async function served(origin: string): Promise<void> {
  const ask = async () => {
    for (;;) {
      try {
        const response = await fetch(`${origin}/api/stream/agents`, {
          headers: { Authorization: `Bearer ${VIEWER}`, Connection: "close" },
          signal: AbortSignal.timeout(5_000),
        });
        await response.body?.cancel();
        if (response.status === 200) return;
      } catch {
        // Not yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await within(PATIENCE_MS, "an answer", ask());
}

/** What is sent, and the status that answers it. */
const ODD: [what: string, request: string[], status: number][] = [
  ["a header of 1 MB", [HEALTH, `X-A: ${"a".repeat(1 << 20)}\r\n\r\n`], 400],
  ["1,000 headers", [HEALTH, ...Array.from({ length: 1_000 }, (_, n) => `X-${n}: 1\r\n`), "\r\n"], 400],
  ["a URL of 200 kB", [`GET /${"a".repeat(200_000)} HTTP/1.1\r\nHost: relay\r\n\r\n`], 400],
  ["a body of 9 GB, announced", [`${SESSIONS}Content-Length: 9000000000\r\n\r\n`, "{"], 413],
  ["a body of 1 MB", [`${SESSIONS}Content-Length: 1048576\r\n\r\n`, " ".repeat(1 << 20)], 413],
  [
    "a body without an end",
    [
      `${SESSIONS}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array(40).fill(`10000\r\n${" ".repeat(65_536)}\r\n`),
    ],
    413,
  ],
  ["a chunk of no size", [`${SESSIONS}Transfer-Encoding: chunked\r\n\r\n`, "zz\r\n\r\n"], 400],
  [
    "a chunk with 200 kB of extensions",
    [`${SESSIONS}Transfer-Encoding: chunked\r\n\r\n`, `1;${"a".repeat(200_000)}\r\n`],
    400,
  ],
  ["two lengths", [`${SESSIONS}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `], 400],
  ["a negative length", [`${SESSIONS}Content-Length: -1\r\n\r\n`], 400],
  ["a length with a sign", [`${SESSIONS}Content-Length: +2\r\n\r\n{}`], 400],
  [
    "a length and chunks",
    [`${SESSIONS}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HEALTH}\r\n`],
    400,
  ],
  ["an unknown coding", [`${SESSIONS}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`], 400],
  ["chunks that are not the last coding", [
    `${SESSIONS}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  ], 400],
  ["a space before a colon", [`${HEALTH}Transfer-Encoding : chunked\r\n\r\n`], 400],
  ["a folded header", [`${HEALTH}X-A: 1\r\n 2\r\n\r\n`], 400],
  ["a NUL in a header", [`${HEALTH}X-A: a\0b\r\n\r\n`], 400],
  ["two hosts", [`${HEALTH}Host: other\r\n\r\n`], 400],
  ["no HTTP at all", ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"], 400],
];

Deno.test("raw requests: what is too large or can be read in two ways is refused, and nothing follows it", async () => {
  await using running = await relay();
  for (const [what, request, status] of ODD) {
    const { answer, closed } = await raw(running.origin, request);
    // A chunk that cannot be read may end the connection before there is an answer.
    if (answer === "" && closed && /chunk/.test(what)) continue;
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), what);
    assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1, what);
  }
  await served(running.origin);
});

Deno.test("raw requests: those that come together are answered in order, each once", async () => {
  await using running = await relay();
  const paths = Array.from({ length: 200 }, (_, n) => n % 2 === 0 ? "/healthz" : "/nothing");
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: relay\r\n\r\n`);
  const last = `GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`;
  const { answer, closed } = await raw(running.origin, [requests.join(""), last], /never/);
  assert.ok(closed);
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(statuses, [...paths.map((path) => path === "/healthz" ? "200" : "404"), "200"]);
});

/** What this process may have open, and so what it starts. */
const limits = await Deno.readTextFile("/proc/self/limits").catch(() => "");
const openFiles = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 512);

const CROWD = Math.min(FULL ? 10_000 : 1_000, Math.floor(openFiles / 2));

Deno.test(`${CROWD} half-open connections: a film plays meanwhile, and each holds a bounded piece of memory`, async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(1 << 20));
  const viewers = await dir.put("viewers", VIEWER);
  await using box = await Program.start([
    `--allow-read=${dir.path}`,
    ...["serve", "--listen", "127.0.0.1:0", "--viewer-token-file", viewers],
  ]);
  const access = await box.access();
  const play = async () => {
    const { viewer, channel } = await Viewer.open({ ...access, stack: "libdatachannel", filePath: "a.bin" });
    assert.equal((await channel.read(0, 0)).bytes, 1 << 20);
    await viewer.close();
  };
  await play();
  const before = await residentBytes(box.pid);
  using crowd = await Crowd.gather(access.relay, CROWD, HALF);
  assert.equal(crowd.size, CROWD);
  const each = (await residentBytes(box.pid) - before) / CROWD;
  // Measured: 15 kB.
  assert.ok(each < 60_000, `${each} bytes each`);
  await play();
});

for (
  const [what, first, full] of [["that say nothing", "", false], ["that say half of it", HALF, true]] as const
) {
  Deno.test({
    name: `more connections ${what} than the relay may have open: it listens again`,
    ignore: Deno.build.os !== "linux" || (full && !FULL),
    async fn() {
      await using running = await relay(["prlimit", "--nofile=512:512"]);
      await served(running.origin);
      using crowd = await Crowd.gather(running.origin, 1_000, first);
      await running.program.logged(/no connection can be taken for now/, PATIENCE_MS);
      await served(running.origin);
      assert.ok(crowd.size > 0);
      // Once more, and while the first are still there.
      using more = await Crowd.gather(running.origin, 1_000, first);
      await running.program.logged(/no connection can be taken for now/, PATIENCE_MS, 2);
      await served(running.origin);
      assert.ok(more.size > 0);
      running.program.signal("SIGTERM");
      assert.equal((await within(PATIENCE_MS, "the end", running.program.ended())).code, 0);
    },
  });
}

Deno.test({
  name:
    "a box whose relay has more connections than it may: the film that plays goes on, and the next one plays",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await TempDir.make();
    const film = patterned(4 << 20);
    await dir.put("a.bin", film);
    const viewers = await dir.put("viewers", VIEWER);
    await using box = await Program.start(
      [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0", "--viewer-token-file", viewers],
      {},
      { through: ["prlimit", "--nofile=512:512"] },
    );
    const options = { ...await box.access(), stack: "libdatachannel", filePath: "a.bin" } as const;
    const playing = await Viewer.open(options);
    assert.deepEqual(await playing.channel.bytes(0, 1 << 20), film.slice(0, 1 << 20));
    using crowd = await Crowd.gather(options.relay, 1_000, "");
    await box.logged(/no connection can be taken for now/, PATIENCE_MS);
    assert.deepEqual(await playing.channel.bytes(1 << 20, 3 << 20), film.slice(1 << 20));
    assert.ok(crowd.size > 0);
    await served(options.relay);
    const next = await Viewer.open(options);
    assert.equal((await next.channel.read(0, 0)).bytes, 4 << 20);
    await next.viewer.close();
    await playing.viewer.close();
  },
});

Deno.test({
  name: "a body that comes a byte at a time is cut off after 20 s",
  ignore: !FULL,
  async fn() {
    await using running = await relay();
    using connection = await connect(running.origin);
    await writeAll(connection, `${SESSIONS}Content-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => void writeAll(connection, " ").catch(() => {}), 500);
    const answer = new Uint8Array(1_024);
    const length = await within(PATIENCE_MS, "an answer", connection.read(answer));
    clearInterval(drip);
    assert.match(new TextDecoder().decode(answer.subarray(0, length ?? 0)), /^HTTP\/1\.1 408 /);
  },
});
