import assert from "node:assert/strict";
import { FileChannel } from "../../src/player/client/file_channel.ts";
import { PersistentFile } from "../../src/player/client/persistent_file.ts";
import { RemoteFile } from "../../src/player/client/remote_file.ts";
import { HEAD_SIZE } from "../../src/player/media/eager_file.ts";
import { OpenFiles } from "../../src/player/media/open_files.ts";
import { channelPair } from "./support/engines.ts";
import { ScriptedAgent } from "./support/scripted_agent.ts";

const SIZE = 200_000_000;

/** Reads on without taking more than the beginning, and answers how much beyond the head was asked for when nothing more is. */
async function askedAhead(bytesPerSecond: number): Promise<number> {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, SIZE);
  agent.hello("film.mkv");
  let received = 0;
  let arrived = () => {};
  const onBytes = (count: number) => {
    received += count;
    arrived();
  };
  const open = () => RemoteFile.open(new FileChannel(pair.viewer, { onBytes }));
  const files = new OpenFiles({ open: (path) => PersistentFile.open(path, () => Promise.resolve({ open })) });
  const { file, release } = await files.use("film.mkv");
  files.need("film.mkv", bytesPerSecond);
  const sum = () => agent.requests.reduce((sum, { rangeLength }) => sum + Number(rangeLength), 0);
  agent.onRequest = (request) => agent.serve(request);
  const reader = file.read(0).getReader();
  // The head is here from the start.
  for (let taken = 0; taken <= HEAD_SIZE;) taken += (await reader.read()).value!.byteLength;
  // A request answered in full is followed by the next at once, or by none.
  let before = -1;
  while (before !== sum()) {
    before = sum();
    await new Promise<void>((resolve) => {
      arrived = () => received >= before && resolve();
      arrived();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await reader.cancel();
  release(true);
  return sum() - HEAD_SIZE;
}

Deno.test("a read looks 30 s ahead of a film, within bounds", async () => {
  const hd = await askedAhead(500_000);
  assert.ok(hd <= 15_000_000 && hd > 10_000_000, `${hd} of 15 MB`);
  const sound = await askedAhead(16_000);
  assert.ok(sound <= 4.5e6, `${sound} for a sound of 128 kbit/s`);
  const uhd = await askedAhead(10_000_000);
  assert.ok(uhd <= 64.3e6 && uhd > 55e6, `${uhd} of 64 MB`);
});
