/**
 * Tries an executable before it is published: it serves a range of a film to a real WebRTC stack, through a
 * link that stays in the share too, and nothing through one that leads out.
 *
 *     UNARR_TEST_PROGRAM=<executable> deno run --allow-all packaging/smoke.ts
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { COMPILED, Program } from "../tests/support/program.ts";
import { STACK_NAMES } from "../tests/support/stacks.ts";
import { patterned, TempDir } from "../tests/support/temp_dir.ts";
import { Viewer } from "../tests/support/viewer.ts";
import { within } from "../tests/support/within.ts";

const stack = STACK_NAMES[0]!;

const FILM = patterned(3 << 20);
const OFFSET = 1 << 20;
const LENGTH = 70_000;

function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function serves(program: Program, filePath: string): Promise<void> {
  const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath });
  const bytes = await within(30_000, "a range", channel.bytes(OFFSET, LENGTH));
  assert.deepEqual(bytes, FILM.slice(OFFSET, OFFSET + LENGTH));
  await viewer.close();
  report(`serves ${filePath}`);
}

async function refuses(program: Program, filePath: string): Promise<void> {
  const { viewer } = await Viewer.start({ ...await program.access(), stack, filePath });
  const reason = await within(30_000, "a refusal", viewer.bye);
  assert.ok(["path-not-allowed", "not-found"].includes(reason), reason);
  await viewer.close(true);
  report(`refuses ${filePath}: ${reason}`);
}

async function smoke(): Promise<void> {
  const version = await Program.run(["--version"]);
  assert.equal(version.code, 0, version.err);
  report(version.out.trim());
  await using share = await TempDir.make();
  await using outside = await TempDir.make();
  await share.put("folder/film.bin", FILM);
  await outside.put("film.bin", FILM);
  // On Windows anybody may make a junction; elsewhere it is a link like any other.
  await Deno.symlink(join(share.path, "folder"), join(share.path, "inside"), { type: "junction" });
  await Deno.symlink(outside.path, join(share.path, "outside"), { type: "junction" });
  await using program = await Program.start([
    `--allow-read=${share.path}`,
    "serve",
    "--listen",
    "127.0.0.1:0",
  ]);
  await serves(program, "folder/film.bin");
  await serves(program, "inside/film.bin");
  await refuses(program, "outside/film.bin");
  await refuses(program, "../film.bin");
  if (Deno.build.os !== "windows") {
    program.signal("SIGTERM");
    assert.equal((await program.ended()).code, 0);
  }
}

if (COMPILED === undefined) throw new Error("UNARR_TEST_PROGRAM names no executable");
await smoke();
// The stack's process would keep this one.
Deno.exit();
