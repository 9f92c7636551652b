import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { encodeBare, encodeSeekHint, type Frame } from "../../src/wire/mod.ts";
import { hex, unhex } from "../support/hex.ts";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { testedBox } from "../support/tested_box.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import vectors from "../wire/wire-vectors.json" with { type: "json" };

const stack = STACK_NAMES[0]!;

Deno.test("serving: the exchanges of the wire vectors, frame by frame", async () => {
  await using dir = await TempDir.make();
  for (const size of new Set(vectors.serve.map(({ fileSize }) => fileSize))) {
    await dir.put(`${size}.bin`, patterned(size));
  }
  await using box = await testedBox(dir.path);
  for (const size of new Set(vectors.serve.map(({ fileSize }) => fileSize))) {
    const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: `${size}.bin` });
    for (const vector of vectors.serve.filter(({ fileSize }) => fileSize === size)) {
      const frames: Frame[] = [];
      const ended = new Promise<void>((resolve) => {
        channel.onframe = (frame) => {
          frames.push(frame);
          if (frame.type === "RANGE_END") resolve();
        };
      });
      channel.send(unhex(vector.request));
      await within(5_000, vector.name, ended);
      const data = createHash("sha256");
      const replies = frames.map((frame) => {
        if (frame.type === "RANGE_DATA") {
          data.update(frame.data);
          return [frame.type, frame.flags, frame.streamId, frame.data.byteLength];
        }
        assert.ok(frame.type === "RANGE_END");
        return [frame.type, frame.flags, frame.streamId, frame.status];
      });
      assert.deepEqual(replies, vector.replies, vector.name);
      assert.equal(data.digest("hex"), vector.dataSha256, vector.name);
    }
    await viewer.close();
  }
});

Deno.test("serving: PING is answered with its id, SEEK_HINT without a word (defect 36)", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(1_000));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  const frames: Frame[] = [];
  const pong = new Promise<void>((resolve) => {
    channel.onframe = (frame) => {
      frames.push(frame);
      if (frame.type === "PONG") resolve();
    };
  });
  channel.send(encodeSeekHint(5_000n));
  channel.send("a text message is no frame");
  channel.send(unhex("420000000000000100000000"));
  channel.send(encodeBare("PING", 0xffff_fffe));
  await within(5_000, "the PONG", pong);
  assert.deepEqual(frames, [{ type: "PONG", flags: 0, streamId: 0xffff_fffe }]);
  await viewer.close();
});

Deno.test("defect 20: a request sent right as HELLO arrives is served", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(10));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.start({ ...box.access, stack, filePath: "a.bin" });
  const early = new Promise<Frame>((resolve) => {
    channel.onframe = (frame) => {
      if (frame.type === "HELLO") {
        channel.send(unhex("01000000000000010000001000000000000000000000000000000000"));
      }
      if (frame.type === "RANGE_END") resolve(frame);
    };
  });
  const end = await within(10_000, "the end of the range", early);
  assert.ok(end.type === "RANGE_END" && end.status === 0);
  await viewer.close();
});

Deno.test("defect 26: two requests with one id are both stopped, with one status 4", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", new Uint8Array(8 << 20));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  const ends: Frame[] = [];
  const first = channel.read(0, 0, () => {}, 9);
  channel.onframe = (frame) => {
    if (frame.type === "RANGE_END") ends.push(frame);
  };
  channel.send(unhex("01000000000000090000001000000000000000000000000000000010"));
  assert.equal((await within(5_000, "the end", first)).status, 4);
  // The id is free again, and nothing of the two is left over.
  const again = await channel.read(0, 5, () => {}, 9);
  assert.deepEqual([again.status, again.bytes], [0, 5]);
  assert.equal(ends.length, 2);
  await viewer.close();
});

Deno.test("defect 30: a request with a payload of the wrong size is answered with status 4", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", patterned(10));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  const end = new Promise<Frame>((resolve) => channel.onframe = resolve);
  channel.send(unhex("01000000000001f50000000f000000000000000000000000000000"));
  assert.deepEqual(await within(5_000, "the reply", end), {
    type: "RANGE_END",
    flags: 0,
    streamId: 0x1f5,
    status: 4,
  });
  await viewer.close();
});

Deno.test("defects 28, 29: cancelled while it waits, a request is never served; over 64 wait, the next is busy", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", new Uint8Array(64 << 20));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  const statuses = new Map<number, number>();
  const bytes = new Map<number, number>();
  let changed = () => {};
  channel.onframe = (frame) => {
    if (frame.type === "RANGE_END") statuses.set(frame.streamId, frame.status);
    if (frame.type === "RANGE_DATA") {
      bytes.set(frame.streamId, (bytes.get(frame.streamId) ?? 0) + frame.data.byteLength);
    }
    changed();
  };
  // 4 are served, 64 wait, 2 are too many.
  for (let id = 1; id <= 70; id++) void channel.read(0, 0, () => {}, id);
  const busy = async () => {
    while (statuses.size < 2) await new Promise<void>((resolve) => changed = resolve);
  };
  await within(5_000, "two refusals", busy());
  assert.deepEqual([...statuses], [[69, 1], [70, 1]]);
  // Those that wait come first: a slot that one of the four leaves would be taken by one of them.
  for (let id = 5; id <= 67; id++) channel.cancel(id);
  for (let id = 1; id <= 4; id++) channel.cancel(id);
  const served = async () => {
    while ((bytes.get(68) ?? 0) === 0) await new Promise<void>((resolve) => changed = resolve);
  };
  await within(5_000, "data of the last in line", served());
  const afterTheFirst = [...bytes.keys()].filter((id) => id > 4);
  assert.deepEqual(afterTheFirst, [68], "what was cancelled while it waited is not served");
  await viewer.close();
});

Deno.test("serving: who waits 5 s for a slot is told status 1", async () => {
  await using dir = await TempDir.make();
  await Deno.writeFile(`${dir.path}/a.bin`, new Uint8Array(0));
  await Deno.truncate(`${dir.path}/a.bin`, 2 ** 33);
  // In a process of its own: this one could not keep up with both ends.
  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const { viewer, channel } = await Viewer.open({ ...await program.access(), stack, filePath: "a.bin" });
  await channel.channel.sink(2);
  for (let id = 1; id <= 4; id++) void channel.read(0, 0, () => {}, id);
  const began = performance.now();
  const { status } = await within(8_000, "status 1", channel.read(0, 10, () => {}, 5));
  assert.equal(status, 1);
  assert.ok(performance.now() - began >= 4_900);
  await viewer.close();
});

for (const name of STACK_NAMES) {
  Deno.test(`defect 27: after CANCEL at most 1 MiB of the old range arrives (${name})`, async () => {
    await using dir = await TempDir.make();
    await dir.put("a.bin", new Uint8Array(256 << 20));
    await using box = await testedBox(dir.path);
    const { viewer, channel } = await Viewer.open({ ...box.access, stack: name, filePath: "a.bin" });
    for (let round = 0; round < 3; round++) {
      const flowing = Promise.withResolvers<void>();
      const id = channel.nextId();
      const before = await channel.channel.received();
      let old = 0;
      channel.onframe = (frame) => {
        if (frame.type !== "RANGE_DATA" || frame.streamId !== id) return;
        old += frame.data.byteLength + 12;
        if (old > 8 << 20) flowing.resolve();
      };
      void channel.read(0, 0, () => {}, id);
      await within(20_000, "8 MiB", flowing.promise);
      const atCancel = await channel.channel.sendMarked(encodeBare("CANCEL", id)) - before;
      const seek = await within(10_000, "the new range", channel.read(200 << 20, 1 << 20));
      assert.equal(seek.status, 0);
      assert.ok(old - atCancel <= 1 << 20, `${old - atCancel} bytes of the old range came after CANCEL`);
    }
    await viewer.close();
  });
}

Deno.test("defect 25: a file that shrinks ends in status 3, with the bytes it still had", async () => {
  await using dir = await TempDir.make();
  const path = await dir.put("a.bin", patterned(3 << 20));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  await Deno.truncate(path, (1 << 20) + 5);
  const cut = await within(10_000, "the end", channel.read(0, 0));
  assert.deepEqual([cut.status, cut.bytes, cut.last], [3, (1 << 20) + 5, false]);
  const beyond = await channel.read(2 << 20, 100);
  assert.deepEqual([beyond.status, beyond.bytes], [3, 0]);
  const inside = await channel.bytes(1_000, 50);
  assert.equal(hex(inside), hex(patterned(1_050).slice(1_000)));
  await viewer.close();
});

Deno.test("serving: a file that grows, is unlinked or replaced goes on as it was opened", async () => {
  await using dir = await TempDir.make();
  const path = await dir.put("a.bin", patterned(100_000));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  await Deno.writeFile(path, new Uint8Array(10), { append: true });
  assert.equal((await channel.read(100_000, 1)).status, 2);
  await Deno.remove(path);
  await dir.put("a.bin", "something else");
  assert.equal(hex(await channel.bytes(50_000, 20)), hex(patterned(50_020).slice(50_000)));
  await viewer.close();
});

Deno.test("serving: four ranges interleave, so that a small one is not starved by large ones", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", new Uint8Array(256 << 20));
  await using box = await testedBox(dir.path);
  const { viewer, channel } = await Viewer.open({ ...box.access, stack, filePath: "a.bin" });
  let large = 0;
  for (let i = 0; i < 3; i++) void channel.read(0, 0, (data) => large += data.byteLength);
  const started = async () => {
    while (large < 4 << 20) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await within(10_000, "large ranges", started());
  let before = -1;
  const small = channel.read(0, 512 * 1_024, () => {
    if (before < 0) before = large;
  });
  const { bytes, status } = await within(20_000, "the small range", small);
  assert.deepEqual([status, bytes], [0, 512 * 1_024]);
  // Three chunks of the others for each of its own.
  assert.ok(large - before < 2 << 20, `${large - before} bytes of the large ranges came in between`);
  await viewer.close();
});
