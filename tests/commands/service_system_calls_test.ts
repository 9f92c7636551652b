import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { printed, system } from "./shell.ts";

const FLAGS = manifest.tasks.start.command.split(" ").filter((word) => word.startsWith("--"));

/** Calls that the unit's filter lets through, of systemd's own sets. */
async function allowed(unit: string): Promise<Set<string> | undefined> {
  const said = await system("systemd-analyze", ["syscall-filter"]);
  if (said === undefined) return undefined;
  const sets = new Map<string, string[]>();
  let members: string[] = [];
  // deno-lint-ignore no-control-regex -- names of sets are set off by a terminal's sequences
  for (const line of said.out.replace(/\u001b\[[\d;]*m/g, "").split("\n")) {
    if (line.startsWith("@")) sets.set(line.trim(), members = []);
    else if (/^\s+[@\w]/.test(line)) members.push(line.trim());
  }
  const calls = (name: string): string[] =>
    name.startsWith("@") ? (sets.get(name) ?? []).flatMap(calls) : [name];
  return new Set(/^SystemCallFilter=(.+)$/m.exec(unit)![1]!.split(" ").flatMap(calls));
}

/** The traced program's first line, then what is to be done with it, then its end by SIGTERM. */
async function traced(
  args: readonly string[],
  trace: string,
  use: (link: URL) => Promise<void>,
): Promise<void> {
  const strace = new Deno.Command("strace", {
    args: ["-f", "-qq", "-o", trace, Deno.execPath(), "run", "--no-check", ...FLAGS, "main.ts", ...args],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const reader = strace.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await within(60_000, "the link", reader.read());
    await use(new URL(value!.trim()));
    await reader.cancel();
  } finally {
    // Not to strace: it would let go of the program and leave it running.
    const children = await Deno.readTextFile(`/proc/${strace.pid}/task/${strace.pid}/children`);
    Deno.kill(Number(children.trim().split(" ")[0]), "SIGTERM");
    await within(20_000, "the end", strace.status);
  }
}

Deno.test("service systemd: what a session asks of the kernel, the unit lets through", async () => {
  await using dir = await TempDir.make();
  await using out = await TempDir.make();
  await dir.put("a.bin", patterned(1 << 20));
  const unit = await printed(`--allow-read=${dir.path}`, "service", "systemd");
  const filter = await allowed(unit);
  if (filter === undefined || await system("strace", ["-V"]) === undefined) return;
  const trace = `${out.path}/trace`;
  const args = [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"];
  await traced(args, trace, async (link) => {
    const access = { relay: link.origin, token: new URLSearchParams(link.hash.slice(1)).get("token")! };
    const { viewer, channel } = await Viewer.open({ ...access, stack: "libdatachannel", filePath: "a.bin" });
    assert.deepEqual(await channel.bytes(0, 1 << 20), patterned(1 << 20));
    await viewer.close();
  });
  const text = await Deno.readTextFile(trace);
  const calls = new Set([...text.matchAll(/^\d+ +(?:<\.\.\. )?([a-z]\w*)/gm)].map(([, name]) => name!));
  assert.ok(calls.has("socket") && calls.has("mprotect") && calls.size > 30, `${calls.size} calls`);
  assert.deepEqual([...calls].filter((name) => !filter.has(name)), []);
  const families = new Set([...text.matchAll(/ socket\((AF_\w+)/g)].map(([, name]) => name!));
  const permitted = /^RestrictAddressFamilies=(.+)$/m.exec(unit)![1]!.split(" ");
  assert.deepEqual([...families].filter((family) => !permitted.includes(family)), []);
});
