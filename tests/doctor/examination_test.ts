import assert from "node:assert/strict";
import { type ServeConfig, serveConfig } from "../../src/config/config.ts";
import { type Finding, keyOf } from "../../src/doctor/check.ts";
import { Examination } from "../../src/doctor/examination.ts";
import { PROGRAM_FILES } from "../../src/program/program_files.ts";
import { TempDir } from "../support/temp_dir.ts";

/** Keys that no thread has to tell. */
const KNOWN = ["Relay", "Key", "Clock", "UDP", "STUN", "TURN", "NAT"];

/** All findings with this module as the doctor's threads, those aside that are known without a look. */
async function findings(
  module: string,
  config: ServeConfig,
  deadlineMs: number,
): Promise<Map<string, Finding>> {
  const doctor = new URL(`./fixtures/${module}`, import.meta.url);
  using examination = new Examination(config, { ...PROGRAM_FILES, doctor }, deadlineMs);
  const found = new Map<string, Finding>();
  for (const { check, finding } of examination.examined) found.set(keyOf(check), await finding);
  for (const key of KNOWN) assert.ok(found.delete(key), key);
  return found;
}

function config(dir: TempDir): Promise<ServeConfig> {
  return serveConfig({ allowRead: `${dir.path},${dir.path}/.`, listen: "127.0.0.1:0" }, () => undefined);
}

Deno.test("doctor: what has no finding by the deadline is not well, and said once", async () => {
  await using dir = await TempDir.make();
  const found = await findings("silent_thread.ts", await config(dir), 500);
  const keys = [`Folder ${dir.path}`, "Threads", "Encryption", "Port 127.0.0.1:0", "IPv4", "IPv6"];
  assert.deepEqual([...found.keys()], keys);
  for (const { state, text } of found.values()) {
    assert.deepEqual([state, text], ["bad", "no finding in time"]);
  }
});

Deno.test("doctor: a thread that dies leaves what it had not told", async () => {
  await using dir = await TempDir.make();
  const found = await findings("dying_thread.ts", await config(dir), 60_000);
  assert.equal(found.get("IPv4")!.text, "found in time");
  assert.match(found.get("IPv6")!.text, /^could not be looked at: thread doctor of the network ended$/);
  assert.match(found.get("Encryption")!.text, /^could not be looked at: thread doctor of the box ended$/);
});

Deno.test("doctor: main does not take a thread's word for what a finding is", async () => {
  await using dir = await TempDir.make();
  const found = await findings("strange_thread.ts", await config(dir), 60_000);
  assert.match(found.get("IPv4")!.text, /^could not be looked at/);
});

Deno.test("doctor: a module that is not there is told, and not waited for", async () => {
  await using dir = await TempDir.make();
  const found = await findings("missing_thread.ts", await config(dir), 60_000);
  for (const { state, text } of found.values()) {
    assert.equal(state, "bad");
    assert.match(text, /cannot be started|could not be looked at/);
  }
});
