import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { printed } from "./shell.ts";

Deno.test("version: one line has the version, where it comes from, and what runs it", async () => {
  const line = (await printed("--version")).trimEnd();
  const { deno, v8 } = Deno.version;
  const { arch, os } = Deno.build;
  assert.equal(
    line,
    `unarr-stream ${manifest.version} (from source, Deno ${deno}, V8 ${v8}, ${arch}-${os})`,
  );
  assert.equal(await printed("-V"), `${line}\n`);
});
