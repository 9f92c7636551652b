import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const ignore = Deno.build.os === "windows";
const stack = STACK_NAMES[0]!;

/** What the relay answers to a request for a session. */
async function ask(relay: string, token: string): Promise<Response> {
  return await fetch(`${relay}/api/stream/sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: "{}",
  });
}

Deno.test({
  name: "reload: SIGHUP takes over what can be, says what waits, and leaves live sessions alone",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("media/a.bin", "film");
    const tokens = await dir.put("viewers", "first-token-of-the-tests");
    const config = await dir.put("config.toml", "");
    const write = (maxSessions: number, more: string) =>
      Deno.writeTextFile(
        config,
        `[downloads]\ndir = "${dir.path}/media"\n${more}
         [stream]\nmax_sessions = ${maxSessions}\nviewer_token_file = "${tokens}"\n`,
      );
    await write(1, "");
    const args = ["--config", config, "serve", "--listen", "127.0.0.1:0"];
    await using program = await Program.start(args);
    const { relay } = await program.access();
    const open = (token: string) => Viewer.open({ relay, token, stack, filePath: "a.bin" });
    const before = await open("first-token-of-the-tests");
    const busy = await Viewer.start({ relay, token: "first-token-of-the-tests", stack, filePath: "a.bin" });
    assert.equal(await within(20_000, "the bye", busy.viewer.bye), "busy");
    await busy.viewer.close(true);

    await Deno.writeTextFile(tokens, "second-token-of-the-tests");
    await write(4, `webrtc.stun_servers = ["stun:127.0.0.1:9"]\n[agent]\nname = "Attic"\n`);
    program.signal("SIGHUP");
    const said = await program.logged(/configuration read again/);
    assert.match(
      said,
      /taken over: the number of sessions, viewer tokens, STUN and TURN servers; at the next start: the box's name/,
    );
    assert.equal((await before.channel.read(0, 4)).status, 0, "the session lives");
    const refused = await ask(relay, "first-token-of-the-tests");
    assert.equal(refused.status, 401);
    await refused.body?.cancel();
    const asked = await ask(relay, "second-token-of-the-tests");
    assert.deepEqual((await asked.json()).iceServers, [{ urls: "stun:127.0.0.1:9" }]);
    const after = await open("second-token-of-the-tests");
    assert.equal((await after.channel.read(0, 4)).status, 0);

    // One that does not parse changes nothing.
    await Deno.writeTextFile(config, "[downloads]\ndir = nonsense\n");
    program.signal("SIGHUP");
    const why = await program.logged(/configuration not taken over/);
    assert.match(why, /config\.toml, line 2, column \d+: /);
    assert.equal((await after.channel.read(0, 4)).status, 0);
    await after.viewer.close();
    const again = await open("second-token-of-the-tests");
    await again.viewer.close();
    await before.viewer.close(true);
    program.signal("SIGTERM");
    assert.equal((await within(15_000, "the end", program.ended())).code, 0);
  },
});

Deno.test({
  name: "reload: the log level reaches the threads, a made-up token stays, and a relay alone reloads too",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    const config = await dir.put("config.toml", "");
    const keys = await dir.put("keys", "agent-token-of-the-tests");
    await using program = await Program.start([
      ...["--config", config, "relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys],
    ]);
    const { relay, token } = await program.access();
    await Deno.writeTextFile(config, `[stream]\nlog_level = "debug"\nlisten = "127.0.0.1:1"\n`);
    program.signal("SIGHUP");
    // The address of the command line goes before that of the file.
    await program.logged(/taken over: the log level; at the next start: nothing/);
    const agents = await fetch(`${relay}/api/stream/agents`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(agents.status, 200, "the token of this run is still good");
    await agents.body?.cancel();
    await Deno.writeTextFile(keys, "another-token-of-the-tests");
    program.signal("SIGHUP");
    await program.logged(/taken over: keys of boxes; at the next start: nothing/);
    const register = (key: string) =>
      fetch(`${relay}/api/internal/agent/wake`, {
        headers: { authorization: `Bearer ${key}`, accept: "application/json" },
        signal: AbortSignal.timeout(2_000),
      }).then(async (response) => {
        await response.body?.cancel();
        return response.status;
      });
    assert.equal(await register("agent-token-of-the-tests"), 401);
  },
});
