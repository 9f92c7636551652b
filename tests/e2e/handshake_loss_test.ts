import assert from "node:assert/strict";
import { ContentType, records } from "../../src/rtc/dtls/record_header.ts";
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

/** Finished, or a message that is sealed as it is. */
function isSealedHandshake(datagram: Uint8Array): boolean {
  if (!isDtls(datagram)) return false;
  return [...records(datagram)].some(({ type, epoch }) => type === ContentType.HANDSHAKE && epoch === 1);
}

for (const stack of STACK_NAMES) {
  Deno.test(`handshake: the association's first packets may come before Finished (${stack})`, async () => {
    await using dir = await TempDir.make();
    const data = crypto.getRandomValues(new Uint8Array(65_536));
    await dir.put("film.bin", data);
    await using box = await Box.start(dir.path, { addresses: ["127.0.0.1"] });
    let finished = 0;
    let overtook = 0;
    using forwarder = UdpForwarder.start({
      onto: (datagram, direction) => {
        if (direction !== "to box") return;
        // The first is lost; what is sent behind it comes before its repetition.
        if (isSealedHandshake(datagram)) return finished++ === 0 ? [] : undefined;
        if (finished === 1 && datagram[0] === ContentType.APPLICATION_DATA) overtook++;
      },
    });
    const { viewer, channel } = await within(
      LIMIT_MS,
      "HELLO",
      Viewer.open({ ...box.access, stack, filePath: "film.bin", through: through(forwarder) }),
    );
    assert.deepEqual(await channel.bytes(0, data.byteLength), data);
    assert.ok(finished > 1 && overtook > 0, `${finished} Finished, ${overtook} packets before the second`);
    await viewer.close();
  });
}
