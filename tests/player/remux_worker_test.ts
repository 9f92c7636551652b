import assert from "node:assert/strict";
import { seeded } from "../support/seeded.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { makeLong } from "./support/media.ts";
import { RemuxHost } from "./support/remux_host.ts";
import { ignoreBrowser as ignore } from "./support/requirements.ts";

const PLACES = 300;

/** So many pieces are made from a place on; the more of them, the more is read ahead. */
const PIECES = 8;

/** From one place to the next, in bytes: some 7 MB more than the pieces are made of, and not as far as is read ahead. */
const STEP = 14_000_000;

/** So many bytes before a place its picture begins, at most: it does so every two seconds. */
const NEAR = 2_000_000;

/** A film of four minutes whose bytes are spread evenly over it. */
async function look(folder: TempDir, delay: () => Promise<void>) {
  const path = `${folder.path}/film.mp4`;
  await makeLong(path);
  const { size } = await Deno.stat(path);
  const host = new RemuxHost(path, size, delay);
  const { facts } = await within(10_000, "a look at the film", host.until("facts"));
  const plan = {
    container: "mp4",
    mimeType: "",
    video: facts.video!.id,
    audio: { id: facts.audio[0]!.id, encoding: undefined },
  } as const;
  const made = async (run: number, pieces = 1) => {
    for (let left = pieces; left > 0; left--) {
      const piece = host.until("fragment", (fragment) => fragment.run === run);
      if (left < pieces) host.order({ type: "next", run });
      assert.ok((await within(10_000, `a piece of run ${run}`, piece)).bytes.byteLength > 0);
    }
  };
  return { host, plan, made, size, duration: facts.duration };
}

Deno.test({
  name: "remux worker: the place wanted last is made, however soon after the one before it is wanted",
  ignore,
  async fn() {
    await using folder = await TempDir.make();
    const random = seeded(5);
    const wait = (most: number) => new Promise<void>((resolve) => setTimeout(resolve, random() * most));
    const { host, plan, made, duration } = await look(folder, () => wait(60));
    using _ = host;
    for (let run = 0; run < PLACES; run++) {
      host.order({ type: "start", run, time: random() * duration, plan });
      // Some while the first bytes of the one before are being asked for, some when it is made.
      if (run % 10 < 9) await wait(60);
      else await made(run);
      assert.deepEqual(host.failures, []);
    }
  },
});

Deno.test({
  name: "remux worker: a place that was being read ahead of is not waited for",
  ignore,
  async fn() {
    await using folder = await TempDir.make();
    const { host, plan, made, size, duration } = await look(folder, () => Promise.resolve());
    using _ = host;
    for (let run = 0; run * STEP < size - STEP; run++) {
      const before = host.reads.length;
      host.order({ type: "start", run, time: run * STEP / size * duration, plan });
      await made(run, PIECES);
      for (const at of host.reads.slice(before)) {
        assert.ok(at > run * STEP - NEAR, `${at} was read from for ${run * STEP}`);
      }
    }
  },
});
