import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Box } from "../support/box.ts";
import { STACK_NAMES, type StackName } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { through, UdpForwarder } from "../support/udp_forwarder.ts";
import { Viewer, type ViewerOptions } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const SIZE = 48 << 20;

/** Where the film is when its path changes, in bytes. */
const CHANGE_AT = 8 << 20;

/** An address of this machine's beside loopback: another network to a viewer. */
const outer = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

/** Streams a film; its path is changed in the middle. The bytes must be the film's. */
async function streams(
  stack: StackName,
  addresses: readonly string[],
  detour: ViewerOptions["through"],
  change: (viewer: Viewer) => void | Promise<void>,
): Promise<void> {
  await using dir = await TempDir.make();
  const film = new Uint8Array(SIZE);
  for (let at = 0; at < SIZE; at += 65_536) crypto.getRandomValues(film.subarray(at, at + 65_536));
  await dir.put("film.bin", film);
  await using box = await Box.start(dir.path, { addresses });
  const { viewer, channel } = await Viewer.open({
    ...box.access,
    stack,
    filePath: "film.bin",
    through: detour!,
  });
  const hash = createHash("sha256");
  let bytes = 0;
  let changed: Promise<void> | undefined;
  const received = await within(
    60_000,
    "the whole film",
    channel.read(0, 0, (data) => {
      hash.update(data);
      bytes += data.byteLength;
      if (bytes >= CHANGE_AT) changed ??= Promise.resolve(change(viewer));
    }),
  );
  await changed;
  assert.equal(received.status, 0);
  assert.equal(hash.digest("hex"), createHash("sha256").update(film).digest("hex"));
  assert.deepEqual(viewer.byes, []);
  await viewer.close();
}

for (const stack of STACK_NAMES) {
  // One that nominates again and again is followed at once, the other when the old address is silent.
  const slow = stack === "libdatachannel";
  Deno.test({
    name: `pair: the viewer's NAT gives it another address, and the film goes on (${stack})${
      slow && !FULL ? " (full run only)" : ""
    }`,
    ignore: slow && !FULL,
    fn: async () => {
      using forwarder = UdpForwarder.start();
      let before: number | undefined;
      await streams(stack, ["127.0.0.1"], through(forwarder), () => {
        before = forwarder.outerAddress?.port;
        forwarder.rebind();
      });
      assert.ok(before !== undefined && forwarder.outerAddress?.port !== before);
    },
  });
}

Deno.test({
  name: `pair: a path dies, and the film goes on over another${
    outer === undefined ? " (there is loopback only)" : ""
  }`,
  ignore: outer === undefined,
  fn: async () => {
    const data = [0, 0];
    const forwarders = ["127.0.0.1", outer!].map((hostname, i) =>
      UdpForwarder.start({
        hostname,
        onto: (datagram, direction) => {
          if (direction === "to viewer" && datagram[0]! >= 20) data[i]!++;
        },
      })
    );
    try {
      let used = 0;
      await streams("libwebrtc", ["127.0.0.1", outer!], through(...forwarders), () => {
        used = data[0]! > data[1]! ? 0 : 1;
        forwarders[used]!.cut();
      });
      assert.ok(data[1 - used]! > 10_000, `${data[1 - used]} datagrams over the other`);
    } finally {
      for (const forwarder of forwarders) forwarder[Symbol.dispose]();
    }
  },
});

Deno.test("pair: a path dies, the viewer restarts ICE over another, and the film goes on", async () => {
  using first = UdpForwarder.start();
  using second = UdpForwarder.start();
  let forwarder = first;
  const detour = {
    offer: (sdp: string) => through(forwarder).offer(sdp),
    answer: (sdp: string) => through(forwarder).answer(sdp),
    candidate: (candidate: string) => through(forwarder).candidate(candidate),
  };
  await streams("libwebrtc", ["127.0.0.1"], detour, async (viewer) => {
    first.cut();
    forwarder = second;
    await viewer.offer({ iceRestart: true });
  });
  assert.ok(second.outerAddress !== undefined);
});
