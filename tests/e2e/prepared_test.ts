/** What a session needs is loaded when one is likely to come, and not before. */
import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";

const LOADED = /what sessions need is loaded/;

async function get(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

Deno.test("prepared: a browser that asks for the player's script has the engine load what it will need", async () => {
  await using dir = await TempDir.make();
  await using program = await Program.start(
    [`--allow-read=${dir.path}`, "--log-level", "debug", "serve", "--listen", "127.0.0.1:0"],
  );
  const { relay } = await program.access();
  // What everybody asks for that finds the port.
  for (const path of ["/", "/favicon.ico", "/robots.txt", "/healthz", "/api/agents"]) {
    await get(`${relay}${path}`);
  }
  assert.ok(!program.log.some((line) => LOADED.test(line)));
  for (let time = 0; time < 3; time++) assert.equal(await get(`${relay}/page.js`), 200);
  await program.logged(LOADED);
  program.signal("SIGTERM");
  const { code } = await program.ended();
  assert.equal(code, 0);
  assert.equal(program.log.filter((line) => LOADED.test(line)).length, 1);
});
