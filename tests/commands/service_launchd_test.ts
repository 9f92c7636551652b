import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { printed, system } from "./shell.ts";

const AWKWARD = `/Volumes/a b%n$HOME $(c)"d'e\\f&amp;<g>]]>ü`;

/** Python's reader of property lists, which takes XML alone that is well-formed. */
const READER = `
import json, plistlib, sys
with open(sys.argv[1], "rb") as file: print(json.dumps(plistlib.load(file)))`;

async function read(plist: string): Promise<Record<string, unknown> | undefined> {
  await using dir = await TempDir.make();
  await dir.put("a.plist", plist);
  const said = await system("python3", ["-c", READER, `${dir.path}/a.plist`]);
  if (said === undefined) return undefined;
  assert.equal(said.code, 0, said.err);
  return JSON.parse(said.out);
}

Deno.test("service launchd: awkward paths arrive as they are in a property list", async () => {
  const plist = await read(
    await printed(
      `--allow-read=/a,${AWKWARD}`,
      ...["service", "launchd", "--log-file", `${AWKWARD}/log`, "--viewer-token-file", `${AWKWARD}/viewers`],
    ),
  );
  if (plist === undefined) return;
  const words = plist["ProgramArguments"] as string[];
  assert.equal(words[0], Deno.execPath());
  assert.deepEqual(words.slice(-3), [
    `--allow-read=/a,${AWKWARD}`,
    "serve",
    `--viewer-token-file=${AWKWARD}/viewers`,
  ]);
  assert.equal(plist["StandardErrorPath"], `${AWKWARD}/log`);
  assert.equal("StandardOutPath" in plist, false, "the token is in a log");
  assert.deepEqual(plist["KeepAlive"], { SuccessfulExit: false });
  assert.equal(plist["RunAtLoad"], true);
  assert.equal(typeof plist["ThrottleInterval"], "number");
});

Deno.test("service launchd: a token that it makes up is told where its user finds it", async () => {
  const plist = await read(await printed("--allow-read=/a", "service", "launchd", "--log-file", "/b/log"));
  if (plist !== undefined) assert.equal(plist["StandardOutPath"], "/b/log");
});
