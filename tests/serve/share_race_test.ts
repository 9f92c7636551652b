import assert from "node:assert/strict";
import { Share, ShareError } from "../../src/serve/share.ts";
import { CAN_FLIP, Flipper } from "../support/flipper.ts";
import { TempDir } from "../support/temp_dir.ts";

/** How long a race lasts, in milliseconds. */
const RACE_MS = 10_000;

/** What is swapped for what, below the shared folder; `folder/a` is opened meanwhile. */
const RACES = [
  ["a file", "folder/a", "folder/link"],
  ["a folder", "folder", "folder-link"],
] as const;

/** A figure for people; nothing depends on it. */
function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function contentOf(share: Share, path: string): Promise<string> {
  try {
    const { handle } = await share.openFile(path);
    const buffer = new Uint8Array(16);
    const read = await handle.read(buffer) ?? 0;
    handle.close();
    return new TextDecoder().decode(buffer.subarray(0, read));
  } catch (error) {
    if (error instanceof ShareError) return error.reason;
    throw error;
  }
}

for (const [what, one, other] of RACES) {
  Deno.test({
    name: `share: ${what} that is swapped for a link all the while leads nowhere else`,
    ignore: !CAN_FLIP,
    fn: async () => {
      await using dir = await TempDir.make();
      await dir.put("media/folder/a", "inside");
      await dir.put("outside/a", "outside");
      await Deno.symlink("../../outside/a", `${dir.path}/media/folder/link`);
      await Deno.symlink("../outside", `${dir.path}/media/folder-link`);
      const share = await Share.of([`${dir.path}/media`]);
      await using flipper = await Flipper.start(`${dir.path}/media/${one}`, `${dir.path}/media/${other}`);
      const counts: Record<string, number> = {};
      let opens = 0;
      for (const until = performance.now() + RACE_MS; performance.now() < until; opens++) {
        const content = await contentOf(share, "folder/a");
        counts[content] = (counts[content] ?? 0) + 1;
      }
      report(`${what}: ${await flipper.stop()} swaps, ${opens} opens, ${JSON.stringify(counts)}`);
      const { inside = 0, outside = 0, "path-not-allowed": refused = 0 } = counts;
      assert.equal(outside, 0);
      assert.equal(inside + refused, opens, "neither name is ever missing");
      assert.ok(refused > 1_000, `the race was met ${refused} times`);
    },
  });
}
