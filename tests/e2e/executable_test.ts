/** What the executable costs. The figures depend on the machine: they are printed, and nothing depends on them. */
import assert from "node:assert/strict";
import { idleBytes } from "../support/idle_memory.ts";
import { COMPILED, Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { STACK_NAMES, STACKS } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;

/** Starts that are timed; the median and the fastest are told. */
const STARTS = 7;

const TOKEN = "viewer-token-of-the-tests";

const words = COMPILED === undefined ? " (set UNARR_TEST_PROGRAM to a compiled program)" : "";

/** A figure for people. */
function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function milliseconds(what: string, budget: number, times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b).map((time) => Math.round(time));
  return `${what}: median ${sorted[sorted.length >> 1]} ms, fastest ${sorted[0]} ms (budget ${budget} ms)`;
}

function megabytes(what: string, budget: number, bytes: number): string {
  return `${what}: ${(bytes / 1e6).toFixed(1)} MB (budget ${budget} MB)`;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Asks until it is answered with success; in steps that are short beside what is measured. */
async function answered(ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const response = await ask().catch(() => undefined);
    if (response?.ok) return response;
    await response?.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Milliseconds from the start of the process to HTTP, and to the answer to an offer that was there before. */
async function timeStart(directory: string): Promise<{ http: number; answer: number }> {
  const connection = STACKS[stack]();
  connection.createDataChannel("file");
  const offer = await connection.createOffer();
  const port = freePort();
  const base = `http://127.0.0.1:${port}`;
  const relay = new RelayHttp(base, TOKEN);
  const started = performance.now();
  await using _program = Program.spawn(
    [`--allow-read=${directory}`, "serve", "--listen", `127.0.0.1:${port}`],
    { UNARR_VIEWER_TOKEN: TOKEN },
  );
  await (await answered(() => fetch(`${base}/healthz`))).body?.cancel();
  const http = performance.now() - started;
  // Refused until the agent is registered.
  const session = await answered(() =>
    fetch(`${base}/api/stream/sessions`, {
      method: "POST",
      headers: { ...relay.headers, "content-type": "application/json" },
      body: JSON.stringify({ filePath: "a.bin" }),
    })
  );
  const { sessionId } = await session.json();
  await relay.post(sessionId, "offer", JSON.stringify({ type: "offer", sdp: offer.sdp }));
  const abort = new AbortController();
  try {
    for await (const { type } of relay.events(sessionId, abort.signal)) {
      if (type === "answer") return { http, answer: performance.now() - started };
    }
  } finally {
    abort.abort();
    connection.close();
  }
  throw new Error("the session ended without an answer");
}

Deno.test({
  name: `executable: its size${words}`,
  ignore: COMPILED === undefined,
  fn: async () => {
    const { size } = await Deno.stat(COMPILED!);
    report(megabytes("executable", 90, size));
    assert.ok(size > 1e6);
  },
});

Deno.test({
  name: `executable: from its start to HTTP, and to its first answer${words}`,
  ignore: COMPILED === undefined,
  fn: async () => {
    await using dir = await TempDir.make();
    await dir.put("a.bin", patterned(1_000));
    const times: { http: number; answer: number }[] = [];
    for (let i = 0; i < STARTS; i++) times.push(await within(30_000, "an answer", timeStart(dir.path)));
    report(milliseconds("HTTP", 100, times.map(({ http }) => http)));
    report(milliseconds("answer to an offer", 250, times.map(({ answer }) => answer)));
  },
});

Deno.test({
  name: `executable: memory before the first viewer, and after${words}`,
  ignore: COMPILED === undefined || Deno.build.os !== "linux",
  fn: async () => {
    await using dir = await TempDir.make();
    const film = patterned(32 << 20);
    await dir.put("a.bin", film);
    await using program = await Program.start([
      `--allow-read=${dir.path}`,
      "serve",
      "--listen",
      "127.0.0.1:0",
    ]);
    report(megabytes("idle", 80, await idleBytes(program.pid)));
    const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath: "a.bin" });
    assert.deepEqual(await channel.bytes(0, film.length), film);
    await viewer.close();
    await program.logged(/ end: /);
    report(megabytes("idle after a film", 80, await idleBytes(program.pid)));
  },
});
