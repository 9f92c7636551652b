import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const ignore = Deno.build.os === "windows";
/** Names of a configuration file, of which there is a warning, and of a film: both would forge lines. */
const CONFIG = "a\n2026-01-01T00:00:00.000Z error forged\n<0>forged.toml";
const FILM = "a\u2028<0>forged.bin";

/** Plays a film and ends the program. */
async function session(dir: TempDir, program: Program): Promise<void> {
  const access = await program.access();
  const { viewer } = await Viewer.open({ ...access, stack: STACK_NAMES[0]!, filePath: FILM });
  await viewer.close();
  program.signal("SIGTERM");
  assert.equal((await within(20_000, "the end", program.ended())).code, 0, dir.path);
}

async function withForged(): Promise<TempDir> {
  const dir = await TempDir.make();
  await dir.put(`media/${FILM}`, "film");
  await Deno.chmod(await dir.put(CONFIG, `[auth]\napi_key = "of-another-relay-0000"`), 0o644);
  return dir;
}

function args(dir: TempDir, ...globals: string[]): string[] {
  const config = ["--config", `${dir.path}/${CONFIG}`];
  return [`--allow-read=${dir.path}/media`, ...config, ...globals, "serve", "--listen", "127.0.0.1:0"];
}

Deno.test({
  name: "log: what is no terminal gets one JSON object a line, whatever a file is called",
  ignore,
  async fn() {
    await using dir = await withForged();
    await using program = await Program.start(args(dir, "--log-level", "debug"));
    await session(dir, program);
    const lines = program.log.map((line) => JSON.parse(line));
    for (const { time, level, message } of lines) {
      assert.equal(new Date(time).toISOString(), time);
      assert.match(level, /^(debug|info|warning|error)$/);
      assert.equal(typeof message, "string");
    }
    assert.ok(lines.some(({ message }) => message.endsWith(`start: ${FILM}`)));
    assert.ok(lines.some(({ message }) => message.includes(CONFIG)));
  },
});

Deno.test({
  name: "log: --log-format text is a line for each event, whatever a file is called",
  ignore,
  async fn() {
    await using dir = await withForged();
    await using program = await Program.start(args(dir, "--log-format", "text"));
    await session(dir, program);
    for (const line of program.log) {
      assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) \S/);
      assert.doesNotMatch(line, /^2026-01-01/);
    }
    assert.ok(program.log.some((line) => / start: a\\u2028<0>forged/.test(line)));
    assert.ok(program.log.some((line) => /a\\u000a2026-01-01.* every user of this machine/.test(line)));
  },
});

Deno.test({
  name: "log: standard error that JOURNAL_STREAM names gets priorities, another does not",
  ignore,
  async fn() {
    await using dir = await withForged();
    const path = await dir.put("journal", "");
    const { dev, ino } = await Deno.stat(path);
    // In place of the journal's socket, a file: what counts is device and inode.
    const through = ["sh", "-c", `exec "$@" 2>>"${path}"`, "sh"] as const;
    await using program = await Program.start(args(dir), { JOURNAL_STREAM: `${dev}:${ino}` }, { through });
    await session(dir, program);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    for (const line of lines) assert.match(line, /^<[46]>(?!\d{4}-|<)\S/);
    assert.ok(lines.some((line) => /^<6>registered as/.test(line)));
    await using other = await Program.start(args(dir), { JOURNAL_STREAM: `${dev}:${ino}` });
    await session(dir, other);
    for (const line of other.log) JSON.parse(line);
  },
});
