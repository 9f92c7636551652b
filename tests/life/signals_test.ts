import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const ignore = Deno.build.os === "windows";
const stack = STACK_NAMES[0]!;
const AGENT = "agent-token-of-the-tests";

/** A relay elsewhere and a box that is registered with it. */
async function pair(dir: TempDir): Promise<{ relay: Program; box: Program }> {
  const keys = await dir.put("keys", AGENT);
  await dir.put("media/a.bin", "film");
  const relay = await Program.start(["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys]);
  const box = Program.spawn([
    `--allow-read=${dir.path}/media`,
    ...["serve", "--relay", (await relay.access()).relay, "--api-key-file", keys],
  ]);
  await box.logged(/registered as/);
  return { relay, box };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `signals: ${signal} tells the viewer, leaves the relay and ends with 0`,
    ignore,
    async fn() {
      await using dir = await TempDir.make();
      const programs = await pair(dir);
      await using relay = programs.relay;
      await using box = programs.box;
      const { viewer, channel } = await Viewer.open({ ...await relay.access(), stack, filePath: "a.bin" });
      const agents = async () => {
        const { relay: base, token } = await relay.access();
        const response = await fetch(`${base}/api/stream/agents`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return (await response.json()).agents as { online: boolean }[];
      };
      assert.equal((await agents()).filter(({ online }) => online).length, 1);
      box.signal(signal);
      assert.equal(await within(10_000, "the bye", viewer.bye), "shutdown");
      await within(10_000, "the channel's end", channel.closed);
      assert.equal((await within(15_000, "the end", box.ended())).code, 0);
      assert.deepEqual((await agents()).filter(({ online }) => online), [], "it deregistered");
      await viewer.close(true);
    },
  });
}

Deno.test({
  name: "signals: a relay that hangs does not keep the program from ending with 0",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    const programs = await pair(dir);
    await using relay = programs.relay;
    await using box = programs.box;
    const { viewer, channel } = await Viewer.open({ ...await relay.access(), stack, filePath: "a.bin" });
    relay.signal("SIGSTOP");
    box.signal("SIGTERM");
    await within(10_000, "the channel's end", channel.closed);
    assert.equal((await within(30_000, "the end", box.ended())).code, 0);
    relay.signal("SIGCONT");
    await viewer.close(true);
  },
});

Deno.test({
  name: "signals: a second one ends the program at once with 130",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    const programs = await pair(dir);
    await using relay = programs.relay;
    await using box = programs.box;
    // Deregistering waits for it.
    relay.signal("SIGSTOP");
    box.signal("SIGTERM");
    box.signal("SIGINT");
    assert.equal((await within(10_000, "the end", box.ended())).code, 130);
    relay.signal("SIGCONT");
  },
});

Deno.test({
  name: "signals: a program that is still starting ends with 0",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await using program = Program.spawn([
      `--allow-read=${dir.path}`,
      ...["--log-level", "debug", "serve", "--listen", "127.0.0.1:0"],
    ]);
    // The first thread is ready, the others are not.
    await program.logged(/thread relay was ready/);
    program.signal("SIGTERM");
    const { code, err } = await within(20_000, "the end", program.ended());
    assert.equal(code, 0, err);
  },
});
