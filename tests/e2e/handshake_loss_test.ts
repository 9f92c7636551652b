import assert from "node:assert/strict";
import { Box } from "../support/box.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type Direction, through, UdpForwarder } from "../support/udp_forwarder.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

/** Datagrams of a handshake in one direction; a further one is the association's. */
const DATAGRAMS = 6;

/** Repetitions come after half a second at first, and a second where the server has to. */
const LIMIT_MS = 20_000;

const isDtls = (datagram: Uint8Array) => datagram[0]! >= 20 && datagram[0]! <= 63;

for (const stack of STACK_NAMES) {
  for (const lossy of ["to box", "to viewer"] as const satisfies Direction[]) {
    Deno.test(`handshake: any one datagram ${lossy} may be lost (${stack})`, async () => {
      await using dir = await TempDir.make();
      const data = crypto.getRandomValues(new Uint8Array(65_536));
      await dir.put("film.bin", data);
      await using box = await Box.start(dir.path, { addresses: ["127.0.0.1"] });
      await Promise.all(Array.from({ length: DATAGRAMS }, async (_, lost) => {
        let seen = 0;
        let dropped = false;
        using forwarder = UdpForwarder.start({
          onto: (datagram, direction) => {
            if (direction !== lossy || !isDtls(datagram) || seen++ !== lost) return;
            dropped = true;
            return [];
          },
        });
        const { viewer, channel } = await within(
          LIMIT_MS,
          `HELLO without datagram ${lost}`,
          Viewer.open({ ...box.access, stack, filePath: "film.bin", through: through(forwarder) }),
        );
        assert.deepEqual(await channel.bytes(0, data.byteLength), data);
        assert.ok(dropped, "one datagram was dropped");
        await viewer.close();
      }));
    });
  }
}
