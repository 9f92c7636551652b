import assert from "node:assert/strict";
import { Box } from "../box.ts";
import { seeded, seededBytes } from "../seeded.ts";
import { STACK_NAMES } from "../stacks.ts";
import { TempDir } from "../temp_dir.ts";
import { Viewer } from "../viewer.ts";
import { within } from "../within.ts";
import { Emulator } from "./emulator.ts";

const FILM = seededBytes(seeded(1), 2 << 20);

for (const stack of STACK_NAMES) {
  Deno.test(`emulator: all between a viewer and the box goes through it (${stack})`, async () => {
    await using dir = await TempDir.make();
    await dir.put("film.bin", FILM);
    await using box = await Box.start(dir.path);
    await using through = await Emulator.start({ both: { delay: 5 } });
    const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "film.bin", through });
    assert.deepEqual(await within(10_000, "the film", channel.bytes(0, FILM.byteLength)), FILM);
    assert.ok((await through.counts()).down.sentBytes > FILM.byteLength);
    await through.cut();
    const more = channel.bytes(0, 1);
    await assert.rejects(within(500, "a byte", more), /did not happen/);
    await through.mend();
    assert.deepEqual(await within(10_000, "a byte", more), FILM.slice(0, 1));
    await viewer.close();
  });
}

Deno.test("emulator: a viewer that restarts ICE, from other ports, is led through it again", async () => {
  await using dir = await TempDir.make();
  await dir.put("film.bin", FILM);
  await using box = await Box.start(dir.path);
  await using through = await Emulator.start({ both: { delay: 5 }, down: { rate: 10 } });
  const { viewer, channel } = await Viewer.open({
    ...box.access,
    stack: "libwebrtc",
    filePath: "film.bin",
    through,
  });
  const film = channel.bytes(0, FILM.byteLength);
  await viewer.offer({ iceRestart: true });
  assert.deepEqual(await within(20_000, "the film", film), FILM);
  assert.equal(viewer.answers.length, 2);
  assert.deepEqual(viewer.byes, []);
  await viewer.close();
});
