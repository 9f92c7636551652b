/** Paths that lose, reorder and double packets, peers that vanish, and lines that are cut for a while. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Browser } from "../player/support/browser.ts";
import { ignoreBrowser } from "../player/support/requirements.ts";
import { openFiles, udpSockets } from "../soak/open_handles.ts";
import { Box } from "../support/box.ts";
import { Emulator } from "../support/emulator/emulator.ts";
import { leadThrough } from "../support/emulator/page_detour.ts";
import { LOSSY } from "../support/emulator/settings.ts";
import { Program } from "../support/program.ts";
import { seeded, seededBytes } from "../support/seeded.ts";
import { OwnStack, STACK_NAMES, type StackName } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, type Received, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const MIB = 1 << 20;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function hashOf(channel: FrameChannel, offset: number, length: number): Promise<string> {
  const hash = createHash("sha256");
  const { status } = await channel.read(offset, length, (data) => hash.update(data));
  assert.equal(status, 0);
  return hash.digest("hex");
}

/** Asks for a whole file; `reached` resolves when so many of its bytes have come. */
function reading(
  channel: FrameChannel,
  take: (data: Uint8Array) => void = () => {},
): { ended: Promise<Received>; reached: (bytes: number) => Promise<void> } {
  let bytes = 0;
  let arrived = () => {};
  const ended = channel.read(0, 0, (data) => {
    bytes += data.byteLength;
    take(data);
    arrived();
  });
  const reached = async (count: number) => {
    while (bytes < count) await new Promise<void>((resolve) => arrived = resolve);
  };
  return { ended, reached: (count) => within(20_000, `${count} bytes`, reached(count)) };
}

function serve(dir: TempDir): Promise<Program> {
  return Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
}

Deno.test("lossy: a handshake comes through whose packets overtake each other", async () => {
  await using dir = await TempDir.make();
  await dir.put("film.bin", "a film");
  await using program = await serve(dir);
  const access = await program.access();
  await Promise.all(STACK_NAMES.map(async (stack) => {
    for (let seed = 1; seed <= 4; seed++) {
      await using through = await Emulator.start({ down: { reorder: 0.5, reorderMs: 20 } }, seed);
      const { viewer, channel } = await Viewer.start({ ...access, stack, filePath: "film.bin", through });
      await within(10_000, `HELLO at ${stack}`, channel.hello);
      await viewer.close();
    }
  }));
});

for (const stack of STACK_NAMES) {
  Deno.test(`lossy: 24 MiB are exact over a path that loses, reorders and doubles (${stack})`, async () => {
    await using dir = await TempDir.make();
    const film = seededBytes(seeded(24), 24 * MIB);
    await dir.put("film.bin", film);
    await using program = await serve(dir);
    await using through = await Emulator.start({ both: LOSSY });
    const access = await program.access();
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin", through });
    assert.equal(await within(40_000, "the film", hashOf(channel, 0, 0)), sha256(film));
    const { up, down } = await through.counts();
    assert.ok(down.sentBytes > film.byteLength, "the film came through the emulator");
    for (const counts of [up, down]) {
      assert.ok(counts.lost > 0 && counts.heldBack > 0 && counts.duplicated > 0);
    }
    await viewer.close();
  });
}

/** Three files of 3 MiB and a viewer of the library on a lossy path, for each stack at a time. */
async function withFiles(
  use: (viewer: Viewer, files: readonly Uint8Array[], path: Emulator) => Promise<void>,
): Promise<void> {
  await using dir = await TempDir.make();
  const files = [0, 1, 2].map((i) => seededBytes(seeded(i), 3 * MIB));
  await Promise.all(files.map((bytes, i) => dir.put(`${i}.bin`, bytes)));
  await using program = await serve(dir);
  const access = await program.access();
  await Promise.all(STACK_NAMES.map(async (stack, seed) => {
    await using through = await Emulator.start({ both: LOSSY }, seed);
    const { viewer } = await Viewer.start({ ...access, stack, through });
    await use(viewer, files, through);
    await viewer.close();
  }));
}

async function openFile(viewer: Viewer, i: number): Promise<FrameChannel> {
  const channel = viewer.openChannel(`file:${i}.bin`);
  await within(20_000, `HELLO of ${i}.bin`, channel.hello);
  return channel;
}

Deno.test("lossy: several files with several ranges each at once are exact", async () => {
  await withFiles(async (viewer, files) => {
    const random = seeded(12);
    await Promise.all(files.map(async (bytes, i) => {
      const channel = await openFile(viewer, i);
      const ranges = Array.from({ length: 4 }, async () => {
        const offset = Math.floor(random() * 2 * MIB);
        const length = 1 + Math.floor(random() * MIB);
        const expected = sha256(bytes.subarray(offset, offset + length));
        assert.equal(await hashOf(channel, offset, length), expected, `${length} bytes at ${offset}`);
      });
      await within(40_000, `the ranges of ${i}.bin`, Promise.all(ranges));
    }));
  });
});

Deno.test("lossy: a channel that closes while others carry data is closed at both ends", async () => {
  await withFiles(async (viewer, files, path) => {
    const [first, second] = [await openFile(viewer, 0), await openFile(viewer, 1)];
    const other = hashOf(second, 0, 0);
    await within(20_000, "a range", first.read(0, 65_536));
    // What ends the channel overtakes data of the other.
    await path.set({ down: { reorder: 0.5, reorderMs: 20 } });
    first.channel.close();
    await within(10_000, "the channel's end", first.closed);
    assert.equal(await within(20_000, "the other file", other), sha256(files[1]!));
  });
});

Deno.test("lossy: a file comes on a stream whose last reset has lost its answer", async () => {
  await using dir = await TempDir.make();
  await dir.put("0.bin", "a film");
  await using program = await serve(dir);
  const access = await program.access();
  await Promise.all(STACK_NAMES.map(async (stack) => {
    await using through = await Emulator.start({ up: { delay: 200 } });
    const { viewer } = await Viewer.start({ ...access, stack, through });
    const first = await openFile(viewer, 0);
    first.channel.close();
    await within(10_000, "the channel's end", first.closed);
    // What the viewer says to it is still on its way.
    await through.cut();
    await through.mend();
    assert.ok((await through.counts()).up.cut > 0, "the cut hit packets");
    const again = await openFile(viewer, 0);
    assert.equal(await hashOf(again, 0, 0), sha256(new TextEncoder().encode("a film")));
    await viewer.close();
  }));
});

Deno.test("lossy: a line that is cut for 3 s loses nothing of what it carried", async () => {
  await using dir = await TempDir.make();
  const film = seededBytes(seeded(5), 4 * MIB);
  await dir.put("film.bin", film);
  await using program = await serve(dir);
  const access = await program.access();
  await Promise.all(STACK_NAMES.map(async (stack) => {
    await using through = await Emulator.start({ both: { ...LOSSY, rate: 40 } });
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "film.bin", through });
    const hash = createHash("sha256");
    const { ended, reached } = reading(channel, (data) => hash.update(data));
    await reached(MIB);
    await through.cut();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await through.mend();
    const { status, bytes } = await within(30_000, "the rest of the film", ended);
    assert.deepEqual([status, bytes], [0, film.byteLength]);
    assert.equal(hash.digest("hex"), sha256(film));
    assert.ok((await through.counts()).down.cut > 0, "the cut hit packets");
    assert.deepEqual(viewer.byes, []);
    await viewer.close();
  }));
});

Deno.test("lossy: a peer that vanishes is let go with its file and sockets, and disturbs nobody else", async () => {
  await using dir = await TempDir.make();
  const names = ["cut.bin", "frozen.bin", "killed.bin", "other.bin"];
  const film = seededBytes(seeded(6), 3 * MIB);
  for (const name of names) await dir.put(name, film);
  await using box = await Box.start(dir.path, { limits: { interruptedMs: 500 } });
  await using killed = new OwnStack("libdatachannel");
  await using frozen = new OwnStack("libwebrtc");
  await using paths = new AsyncDisposableStack();
  const open = async (filePath: string, stack: StackName, process?: OwnStack) => {
    // Slow, so that nobody is done before the others have vanished.
    const through = paths.use(await Emulator.start({ both: { ...LOSSY, rate: 3 } }));
    const own = process === undefined ? {} : { process };
    return { through, ...await Viewer.open({ ...box.access, stack, filePath, through, ...own }) };
  };
  const until = (sessions: number) =>
    within(
      5_000,
      `${sessions} sessions`,
      (async () => {
        const open = async () => (await openFiles(Deno.pid, dir.path)).length;
        while (box.agent.sessions.count > sessions || await open() > sessions) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })(),
    );
  const other = await open("other.bin", "libwebrtc");
  const sockets = await udpSockets(Deno.pid);
  const gone = await Promise.all([
    open("cut.bin", "libdatachannel"),
    open("killed.bin", "libdatachannel", killed),
    open("frozen.bin", "libwebrtc", frozen),
  ]);
  assert.deepEqual((await openFiles(Deno.pid, dir.path)).sort(), Deno.build.os === "linux" ? names : []);
  await Promise.all(gone.map(({ channel }) => reading(channel).reached(MIB / 4)));
  const rest = hashOf(other.channel, 0, 0);

  await gone[0]!.through.cut();
  await killed.kill();
  await gone[2]!.channel.channel.freeze();
  // 7 s of silence make a connection disconnected; then what the limits allow.
  const byes = await Promise.all(
    gone.map(({ viewer }) => within(15_000, `the bye for ${viewer.options.filePath}`, viewer.bye)),
  );
  assert.deepEqual(byes, ["connection-lost", "connection-lost", "connection-lost"]);
  await until(1);
  assert.equal(box.agent.sessions.count, 1);
  assert.equal(await udpSockets(Deno.pid), sockets);

  assert.equal(await within(30_000, "the other's film", rest), sha256(film));
  assert.deepEqual(other.viewer.byes, []);
  await Promise.all([other.viewer.close(), ...gone.map(({ viewer }) => viewer.close(true))]);
  await until(0);
});

Deno.test({
  name: "lossy: Chromium downloads 8 MiB exactly over such a path",
  ignore: ignoreBrowser,
  async fn() {
    await using dir = await TempDir.make();
    const film = seededBytes(seeded(8), 8 * MIB);
    await dir.put("film.bin", film);
    await using program = await serve(dir);
    await using emulator = await Emulator.start({ both: LOSSY });
    await using browser = await Browser.start();
    const page = await browser.context.newPage();
    await leadThrough(page, emulator);
    await page.goto(await program.link);
    const started = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download film.bin" }).click();
    const path = await (await started).path();
    assert.equal(sha256(await Deno.readFile(path)), sha256(film));
    const { down } = await emulator.counts();
    assert.ok(down.sentBytes > film.byteLength && down.lost > 0, "the film came through the emulator");
    await page.close();
  },
});
