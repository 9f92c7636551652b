import assert from "node:assert/strict";
import { ShareHealth } from "../../src/daemon/share_health.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const ignore = Deno.build.os === "windows";

async function becomes(readable: boolean, health: ShareHealth): Promise<void> {
  const seen = async () => {
    while (health.readable !== readable) {
      health.check();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await within(20_000, `readable: ${readable}`, seen());
}

Deno.test({
  name: "share health: a folder that goes and comes back, among others that stay",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("films/a.bin", "film");
    const health = new ShareHealth([dir.path, `${dir.path}/films`]);
    assert.equal(health.readable, true);
    await Deno.rename(`${dir.path}/films`, `${dir.path}/elsewhere`);
    await becomes(false, health);
    await Deno.rename(`${dir.path}/elsewhere`, `${dir.path}/films`);
    await becomes(true, health);
  },
});

Deno.test({
  name: "share health: one that does not answer is not readable until it does",
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    // Opening it waits for a writer, as that of a folder waits for a network drive that is away.
    const pipe = `${dir.path}/pipe`;
    assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    const health = new ShareHealth([pipe]);
    for (let check = 0; check < 3; check++) {
      health.check();
      assert.equal(health.readable, true, `check ${check}`);
    }
    health.check();
    assert.equal(health.readable, false);
    using _writer = await Deno.open(pipe, { write: true });
    await becomes(true, health);
  },
});
