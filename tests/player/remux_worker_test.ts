import assert from "node:assert/strict";
import { seeded } from "../support/seeded.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { makeLong } from "./support/media.ts";
import { RemuxHost } from "./support/remux_host.ts";
import { ignoreBrowser as ignore } from "./support/requirements.ts";

const PLACES = 300;

Deno.test({
  name: "remux worker: the place wanted last is made, however soon after the one before it is wanted",
  ignore,
  async fn() {
    await using folder = await TempDir.make();
    const path = `${folder.path}/film.mkv`;
    await makeLong(path);
    const random = seeded(5);
    const wait = (most: number) => new Promise<void>((resolve) => setTimeout(resolve, random() * most));
    using host = new RemuxHost(path, (await Deno.stat(path)).size, () => wait(60));
    const { facts } = await within(10_000, "a look at the film", host.until("facts"));
    const plan = {
      container: "mp4",
      mimeType: "",
      video: facts.video!.id,
      audio: { id: facts.audio[0]!.id, encoding: undefined },
    } as const;
    for (let run = 0; run < PLACES; run++) {
      host.order({ type: "start", run, time: random() * facts.duration, plan });
      // Some while the first bytes of the one before are being asked for, some when it is made.
      if (run % 10 < 9) await wait(60);
      else {
        const made = host.until("fragment", (fragment) => fragment.run === run);
        assert.ok((await within(10_000, `a piece of run ${run}`, made)).bytes.byteLength > 0);
      }
      assert.deepEqual(host.failures, []);
    }
  },
});
