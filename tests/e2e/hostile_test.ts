import assert from "node:assert/strict";
import { encodeBare, encodeRangeReq } from "../../src/wire/mod.ts";
import { Box } from "../support/box.ts";
import { unhex } from "../support/hex.ts";
import { Program, residentBytes } from "../support/program.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import vectors from "../wire/wire-vectors.json" with { type: "json" };

const stack = "libdatachannel";

async function program(dir: TempDir): Promise<Program> {
  await dir.put("a.bin", patterned(1 << 20));
  // One engine: each has a heap of its own, and what is bounded here is one.
  return await Program.start([
    `--allow-read=${dir.path}`,
    ...["serve", "--listen", "127.0.0.1:0", "--engines", "1"],
  ]);
}

/** The agent still serves somebody else. */
async function serves(running: Program): Promise<void> {
  const { viewer, channel } = await Viewer.open({ ...await running.access(), stack, filePath: "a.bin" });
  assert.deepEqual(await channel.bytes(5_000, 100), patterned(5_100).slice(5_000));
  await viewer.close();
}

/** The same bytes in peace: what the agent's heap grows to by them is not the burst's doing. */
async function warmUp(running: Program): Promise<void> {
  const { viewer, channel } = await Viewer.open({ ...await running.access(), stack, filePath: "a.bin" });
  for (let i = 0; i < 17; i++) await Promise.all([1, 2, 3, 4].map(() => channel.read(0, 0)));
  await viewer.close();
}

Deno.test("hostile: every invalid vector, and the session goes on until the 65th (defect 35)", async () => {
  await using dir = await TempDir.make();
  await using running = await program(dir);
  const { viewer, channel } = await Viewer.open({ ...await running.access(), stack, filePath: "a.bin" });
  const counted = vectors.invalid.filter(({ error }) => error !== "unknown-type");
  for (const { bytes } of vectors.invalid) if (bytes !== "") channel.send(unhex(bytes));
  const sent = counted.filter(({ bytes }) => bytes !== "").length;
  assert.ok(sent < 64);
  assert.equal((await channel.read(0, 10, () => {}, 90_001)).status, 0);
  // As many as fill the 64, and the session lives; one more, and it is over.
  for (let i = sent; i < 64; i++) channel.send(new Uint8Array([1, 2, 3]));
  assert.equal((await channel.read(0, 10, () => {}, 90_002)).status, 0);
  channel.send(new Uint8Array([1, 2, 3]));
  assert.equal(await within(5_000, "the bye", viewer.bye), "internal");
  await within(5_000, "the channel's end", channel.closed);
  await viewer.close(true);
  await serves(running);
});

Deno.test("hostile: 100,000 random frames leave the agent as it was", async () => {
  await using dir = await TempDir.make();
  await using running = await program(dir);
  await serves(running);
  const before = await residentBytes(running.pid);
  const random = seeded(35);
  let sent = 0;
  while (sent < 100_000) {
    const { viewer, channel } = await Viewer.open({ ...await running.access(), stack, filePath: "a.bin" });
    let over = false;
    void channel.closed.then(() => over = true);
    while (!over && sent < 100_000) {
      // Mostly frames that look like frames: a random one is malformed and ends the session soon.
      for (let i = 0; i < 200; i++, sent++) channel.send(randomFrame(random));
      // The channel's buffer is emptied before more goes in.
      await Promise.race([channel.read(0, 1, () => {}, 0xffff_0000), channel.closed]);
    }
    await viewer.close(true);
  }
  await serves(running);
  const grown = await residentBytes(running.pid) - before;
  assert.ok(grown < 150 << 20, `the agent grew by ${grown >> 20} MiB`);
});

function randomFrame(random: () => number): Uint8Array<ArrayBuffer> {
  const dice = random();
  if (dice < 0.002) return seededBytes(random, 1 + Math.floor(random() * 200));
  const id = Math.floor(random() * 50);
  if (dice < 0.5) return encodeBare(random() < 0.5 ? "CANCEL" : "PING", id);
  if (dice < 0.9) {
    return encodeRangeReq(id, BigInt(Math.floor(random() * 2e6)), BigInt(Math.floor(random() * 3e4)));
  }
  const frame = seededBytes(random, 12 + Math.floor(random() * 40));
  frame[0] = 8 + Math.floor(random() * 240);
  new DataView(frame.buffer).setUint32(8, frame.byteLength - 12);
  return frame;
}

Deno.test("defect 29: a burst of 10,000 requests is answered one by one, in bounded memory", async () => {
  await using dir = await TempDir.make();
  await using running = await program(dir);
  await warmUp(running);
  const before = await residentBytes(running.pid);
  const { viewer, channel } = await Viewer.open({ ...await running.access(), stack, filePath: "a.bin" });
  const ends = new Map<number, number>();
  let changed = () => {};
  channel.onframe = (frame) => {
    if (frame.type !== "RANGE_END") return;
    assert.ok(!ends.has(frame.streamId), "one RANGE_END for each request");
    ends.set(frame.streamId, frame.status);
    changed();
  };
  for (let id = 1; id <= 10_000; id++) channel.send(encodeRangeReq(id, 0n, 0n));
  const all = async () => {
    while (ends.size < 10_000) await new Promise<void>((resolve) => changed = resolve);
  };
  await within(60_000, "10,000 ends", all());
  const served = [...ends.values()].filter((status) => status === 0).length;
  assert.ok(served >= 4, `${served} were served`);
  assert.ok([...ends.values()].every((status) => status === 0 || status === 1));
  const grown = await residentBytes(running.pid) - before;
  assert.ok(grown < 150 << 20, `the agent grew by ${grown >> 20} MiB`);
  await viewer.close();
  await serves(running);
});

Deno.test("hostile: who asks without reading is let go, and memory stays bounded", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(1 << 20));
  // Times are short here: the buffer that does not fall ends the session.
  await using box = await Box.start(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  for (let id = 1; id <= 30_000; id++) channel.send(encodeBare("PING", id));
  const { status } = await within(30_000, "a range among the PINGs", channel.read(0, 100));
  assert.equal(status, 0);
  await viewer.close();
});

Deno.test("hostile: channels without end are closed, and the library goes on", async () => {
  await using dir = await TempDir.make();
  await using running = await program(dir);
  const { viewer, channel } = await Viewer.start({ ...await running.access(), stack });
  await within(15_000, "open", channel.opened);
  const extra = Array.from({ length: 30 }, (_, i) => viewer.openChannel(i % 2 ? "file:a.bin" : `junk ${i}`));
  await within(15_000, "the end of one that is not served", extra[28]!.closed);
  const answer = new Promise<string>((resolve) => channel.ontext = resolve);
  channel.send(JSON.stringify({ id: 1, op: "list", path: "", cursor: null }));
  assert.match(await within(5_000, "an answer", answer), /"a\.bin"/);
  await viewer.close();
  await serves(running);
});
