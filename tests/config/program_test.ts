import assert from "node:assert/strict";
import { CONFIG_VARIABLES } from "../../src/config/environment.ts";
import { type Build, type Ended, Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { json, ScriptedServer } from "../support/scripted_server.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;

/** The program with leave to read each variable of the configuration. */
const PERMITTED: Build = {
  main: "main.ts",
  flags: ["--no-check", `--allow-env=${CONFIG_VARIABLES.join()}`],
};

/** Where the runtime has its packages: another home directory would hide them. */
async function cacheDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

function refused({ code, out, err }: Ended, expected: number, sentence: RegExp): void {
  assert.deepEqual([code, out], [expected, ""], err);
  assert.match(err, sentence);
}

Deno.test("program: serves what its configuration file says", async () => {
  await using dir = await TempDir.make();
  await dir.put("films/a.bin", patterned(100_000));
  await dir.put("viewers", "viewer-token-of-the-family\n");
  await dir.put(
    "unarr/config.toml",
    `
    [agent]
    id = "11111111-2222-4333-8444-555555555555"
    name = "Living room"
    [downloads]
    dir = "~/films"
    [stream]
    listen = "127.0.0.1:0"
    viewer_token_file = "~/viewers"
    `,
  );
  const environment = {
    HOME: dir.path,
    USERPROFILE: dir.path,
    UNARR_CONFIG_DIR: `${dir.path}/unarr`,
    DENO_DIR: await cacheDirectory(),
  };
  await using program = await Program.start(["serve"], environment, PERMITTED);
  const access = await program.access();
  assert.equal(access.token, "viewer-token-of-the-family");
  const response = await fetch(`${access.relay}/api/stream/agents`, {
    headers: new RelayHttp(access.relay, access.token).headers,
  });
  const { agents } = await response.json();
  assert.deepEqual(
    agents.map(({ agentId, name }: Record<string, string>) => [agentId, name]),
    [["11111111-2222-4333-8444-555555555555", "Living room"]],
  );
  const { viewer, hello } = await Viewer.open({ ...access, stack, filePath: "a.bin" });
  assert.equal(hello.fileSize, 100_000n);
  await viewer.close();
});

Deno.test("program: downloads.webrtc.enabled = false refuses sessions", async () => {
  await using dir = await TempDir.make();
  await dir.put("films/a.bin", patterned(1_000));
  const config = await dir.put(
    "config.toml",
    `downloads.dir = ${JSON.stringify(`${dir.path}/films`)}\ndownloads.webrtc.enabled = false`,
  );
  await using program = await Program.start(["--config", config, "serve", "--listen", "127.0.0.1:0"]);
  const { viewer } = await Viewer.start({ ...await program.access(), stack, filePath: "a.bin" });
  assert.equal(await within(10_000, "a bye", viewer.bye), "disabled");
  await viewer.close();
});

Deno.test("defect 47: a configuration that is wrong ends the program with 78 and one sentence", async () => {
  await using dir = await TempDir.make();
  const run = async (text: string) => {
    const config = await dir.put("config.toml", text);
    return await Program.run(["--config", config, "serve", "--listen", "127.0.0.1:0"]);
  };
  refused(
    await run('downloads.dir = "/media'),
    78,
    /^\S+config\.toml, line 1, column 17: unfinished string\n$/,
  );
  refused(await run("stream.engines = 99"), 78, /^stream\.engines in \S+config\.toml takes a whole number/);
  refused(await run('library.scan_path = "/"'), 78, /^library\.scan_path in \S+config\.toml: \/ belongs to/);
  refused(
    await Program.run(["--config", "/nowhere.toml", "serve"]),
    78,
    /^\/nowhere\.toml: it does not exist\n$/,
  );
});

Deno.test("defect 41: a refused key ends the program with 77, and the sentence says where it was given", async () => {
  await using dir = await TempDir.make();
  const good = await dir.put("good", "agent-token-of-the-tests");
  const key = "another-token-of-the-tests";
  await using relay = await Program.start(["relay", "--listen", "127.0.0.1:0", "--agent-token-file", good]);
  const at = (await relay.access()).relay;
  const config = await dir.put(
    "config.toml",
    `auth.api_url = "${at}"\nauth.api_key = "${key}"\ndownloads.dir = ${JSON.stringify(dir.path)}`,
  );
  const hasModes = Deno.build.os !== "windows";
  if (hasModes) await Deno.chmod(config, 0o644);
  const ofFile = await Program.run(["--config", config, "serve"]);
  refused(ofFile, 77, /^the relay refused the key from auth\.api_key in \S+config\.toml$/m);
  if (hasModes) assert.match(ofFile.err, /config\.toml holds auth\.api_key and every user/);
  const ofVariable = await Program.run(["--config", config, "serve"], { UNARR_API_KEY: key });
  refused(ofVariable, 77, /^the relay refused the key from UNARR_API_KEY$/m);
  await dir.put("credentials/api-key", key);
  const CREDENTIALS_DIRECTORY = `${dir.path}/credentials`;
  const ofSystemd = await Program.run(["--config", config, "serve"], { CREDENTIALS_DIRECTORY }, PERMITTED);
  refused(ofSystemd, 77, /^the relay refused the key from the credential api-key$/m);
  for (const { err } of [ofFile, ofVariable, ofSystemd]) assert.ok(!err.includes(key));
});

Deno.test("program: a key without leave ends it with 77, any other refusal with 1", async () => {
  await using dir = await TempDir.make();
  for (
    const [status, code, sentence] of [
      [403, 77, /^the key from UNARR_API_KEY may not register this agent: no \[2J Bearer \[secret\]\n$/m],
      [400, 1, /^the relay refused the agent with status 400: no \[2J Bearer \[secret\]\n$/m],
    ] as const
  ) {
    await using server = new ScriptedServer(({ headers }) =>
      json(status, { error: `no\n\u001b[2J ${headers.get("authorization")}` })
    );
    const ended = await Program.run([`--allow-read=${dir.path}`, "serve", "--relay", server.base], {
      UNARR_API_KEY: "agent-token-of-the-tests",
    });
    refused(ended, code, sentence);
  }
});

Deno.test("program: no option takes a secret itself", async () => {
  for (const command of ["serve", "relay"]) {
    const { out } = await Program.run([command, "--help"]);
    const named = out.match(/--[a-z-]*(key|token|credential|pass|secret)[a-z-]*/g)!;
    assert.ok(named.length >= 2, out);
    for (const option of named) assert.match(option, /-file$/);
  }
});
