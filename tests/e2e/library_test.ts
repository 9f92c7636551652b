import assert from "node:assert/strict";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { testedBox } from "../support/tested_box.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

async function ask(
  channel: FrameChannel,
  question: Record<string, unknown> | string,
): Promise<Record<string, unknown>> {
  const answer = new Promise<string>((resolve) => channel.ontext = resolve);
  channel.send(typeof question === "string" ? question : JSON.stringify(question));
  return JSON.parse(await within(5_000, "an answer", answer));
}

for (const stack of STACK_NAMES) {
  Deno.test(`library: lists, searches and opens files over one connection (${stack})`, async () => {
    await using dir = await TempDir.make();
    await dir.put("films/ä film.bin", patterned(100_000));
    await dir.put("b.txt", "b");
    await using box = await testedBox(dir.path);
    const { viewer, channel } = await Viewer.start({ ...box.access, stack });
    await within(15_000, "open", channel.opened);
    const list = await ask(channel, { id: 1, op: "list", path: "", cursor: null });
    assert.deepEqual(
      (list.entries as { name: string; kind: string; size: number }[]).map((e) => [e.name, e.kind, e.size]),
      [["b.txt", "file", 1], ["films", "dir", 0]],
    );
    const found = await ask(channel, { id: 2, op: "search", query: "Film", limit: 5 });
    assert.deepEqual((found.entries as { path: string }[]).map(({ path }) => path).sort(), [
      "films",
      "films/ä film.bin",
    ]);
    const files = [viewer.openChannel("file:films/ä film.bin"), viewer.openChannel("file:b.txt")];
    const [film, text] = await Promise.all(files.map((file) => within(10_000, "HELLO", file.hello)));
    assert.deepEqual([film!.fileName, film!.fileSize, text!.fileSize], ["ä film.bin", 100_000n, 1n]);
    assert.deepEqual(await files[0]!.bytes(99_000, 1_000), patterned(100_000).slice(99_000));
    assert.deepEqual(await files[1]!.bytes(0, 1), new TextEncoder().encode("b"));
    await viewer.close();
  });
}

Deno.test("library: what may not be served is refused on its channel, and the session goes on", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", "a");
  await dir.put("folder/b.bin", "b");
  await Deno.symlink("/etc/passwd", `${dir.path}/link`);
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.start({ ...box.access, stack: "libdatachannel" });
  await within(15_000, "open", channel.opened);
  for (const path of ["missing", "../x", "/etc/passwd", "link", ".hidden", "folder", ""]) {
    const file = viewer.openChannel(`file:${path}`);
    const refusal = new Promise((resolve) => file.onframe = resolve);
    assert.deepEqual(
      await within(10_000, path, refusal),
      { type: "RANGE_END", flags: 0, streamId: 0, status: 2 },
      path,
    );
    await within(10_000, `the end of ${path}`, file.closed);
  }
  const good = viewer.openChannel("file:a.bin");
  assert.equal((await within(10_000, "HELLO", good.hello)).fileSize, 1n);
  await viewer.close();
});

Deno.test("library: what is no question is answered with an error", async () => {
  await using dir = await TempDir.make();
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.start({ ...box.access, stack: "libdatachannel" });
  await within(15_000, "open", channel.opened);
  assert.deepEqual([(await ask(channel, "not JSON")).id, (await ask(channel, "[]")).code], [
    null,
    "bad-request",
  ]);
  assert.deepEqual(await ask(channel, { id: 7, op: "dance" }), {
    id: 7,
    error: "this is not something the library can be asked",
    code: "bad-request",
  });
  const missing = await ask(channel, { id: 8, op: "list", path: "nowhere", cursor: null });
  assert.deepEqual([missing.id, missing.code], [8, "not-found"]);
  const large = await ask(channel, JSON.stringify({ id: 9, op: "search", query: "x".repeat(20_000) }));
  assert.equal(large.code, "bad-request");
  await viewer.close();
});
