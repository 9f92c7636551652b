import assert from "node:assert/strict";
import { Box, VIEWER_TOKEN } from "../support/box.ts";
import { Program } from "../support/program.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const SIZE = 4 << 20;

Deno.test("sessions: eight at once with four ranges each and no mix-up; the ninth is told busy (defect 18)", async () => {
  await using dir = await TempDir.make();
  const random = seeded(8);
  const files: Uint8Array[] = [];
  for (let i = 0; i < 8; i++) {
    files.push(seededBytes(random, SIZE));
    await dir.put(`${i}.bin`, files[i]!);
  }
  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const access = await program.access();
  const open = (i: number) =>
    Viewer.open({ ...access, stack: STACK_NAMES[i % STACK_NAMES.length]!, filePath: `${i}.bin` });
  const viewers = await Promise.all(files.map((_, i) => open(i)));
  await Promise.all(viewers.map(async ({ channel, hello }, i) => {
    assert.equal(hello.fileName, `${i}.bin`);
    for (let round = 0; round < 3; round++) {
      const ranges = Array.from({ length: 4 }, () => {
        const offset = Math.floor(random() * (SIZE - 1));
        return { offset, length: 1 + Math.floor(random() * (SIZE - offset)) };
      });
      const read = await within(
        60_000,
        `ranges of viewer ${i}`,
        Promise.all(ranges.map(({ offset, length }) => channel.bytes(offset, length))),
      );
      for (const [index, { offset, length }] of ranges.entries()) {
        assert.deepEqual(read[index], files[i]!.slice(offset, offset + length));
      }
    }
  }));
  const ninth = await Viewer.start({ ...access, stack: STACK_NAMES[0]!, filePath: "0.bin" });
  assert.equal(await within(10_000, "the bye", ninth.viewer.bye), "busy");
  await ninth.viewer.close(true);
  // A slot that is given back can be had again.
  await viewers[0]!.viewer.close();
  await program.logged(/end: /);
  const again = await open(0);
  assert.deepEqual(await again.channel.bytes(0, 1_000), files[0]!.slice(0, 1_000));
  await Promise.all([again, ...viewers.slice(1)].map(({ viewer }) => viewer.close()));
});

Deno.test("sessions: one viewer has four at most, where the relay knows several", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", "a");
  const other = "another-viewer-of-the-tests";
  await using box = await Box.start(dir.path, {}, { viewerTokens: [VIEWER_TOKEN, other] });
  const stack = "libdatachannel";
  const viewers = await Promise.all(
    Array.from({ length: 4 }, () => Viewer.open({ ...box.access, stack, filePath: "a.bin" })),
  );
  const fifth = await Viewer.start({ ...box.access, stack, filePath: "a.bin" });
  assert.equal(await within(10_000, "the bye", fifth.viewer.bye), "busy");
  const elsewhere = await Viewer.open({ ...box.access, token: other, stack, filePath: "a.bin" });
  for (const { viewer } of [fifth, elsewhere, ...viewers]) await viewer.close();
});

Deno.test("defect 17: a session that has ended is not started again", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", "a");
  await using box = await Box.start(dir.path);
  const { viewer } = await Viewer.open({ ...box.access, stack: "libdatachannel", filePath: "a.bin" });
  const dispatched = { sessionId: viewer.sessionId, filePath: "a.bin" };
  box.agent.sessions.dispatch(dispatched);
  assert.equal(box.agent.sessions.count, 1);
  await viewer.close();
  await within(
    5_000,
    "the end",
    (async () => {
      while (box.agent.sessions.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    })(),
  );
  box.agent.sessions.dispatch(dispatched);
  assert.equal(box.agent.sessions.count, 0);
});
