import assert from "node:assert/strict";
import { Box } from "../support/box.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Coturn } from "../support/coturn.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const installed = await Coturn.installed();

for (const transport of ["udp", "tcp"] as const) {
  Deno.test({
    name: `ice: through a TURN server alone, over ${transport}${installed ? "" : " (coturn is missing)"}`,
    ignore: !installed && !FULL,
    fn: async () => {
      await using dir = await TempDir.make();
      await dir.put("a.bin", patterned(2 << 20));
      await using turn = await Coturn.start();
      await using box = await Box.start(dir.path, {
        iceServers: [{
          urls: `turn:127.0.0.1:${turn.port}?transport=${transport}`,
          username: Coturn.username,
          credential: Coturn.credential,
        }],
        // No way but the relayed one.
        addresses: [],
      });
      const { viewer, channel } = await Viewer.open({
        ...box.access,
        stack: "libwebrtc",
        filePath: "a.bin",
      });
      assert.ok(
        viewer.remoteCandidates.every((candidate) => candidate === "" || / typ relay /.test(candidate)),
      );
      assert.deepEqual(await channel.bytes(1 << 20, 1_000), patterned((1 << 20) + 1_000).slice(1 << 20));
      assert.equal((await channel.read(0, 0)).bytes, 2 << 20);
      await viewer.close();
    },
  });
}

Deno.test({
  name: `ice: a STUN server gives a server-reflexive candidate${installed ? "" : " (coturn is missing)"}`,
  ignore: !installed && !FULL,
  fn: async () => {
    await using dir = await TempDir.make();
    await dir.put("a.bin", "a");
    await using turn = await Coturn.start();
    await using box = await Box.start(dir.path, { iceServers: [{ urls: `stun:127.0.0.1:${turn.port}` }] });
    // The viewer asks no server, so only the box can have one; it may come after the channel is open.
    const reflexive = Promise.withResolvers<void>();
    const { viewer } = await Viewer.open({
      ...box.access,
      stack: "libwebrtc",
      filePath: "a.bin",
      onlyCandidates: (candidate) => {
        if (/ typ srflx /.test(candidate)) reflexive.resolve();
        return true;
      },
    });
    await within(30_000, "a server-reflexive candidate", reflexive.promise);
    await viewer.close();
  },
});

Deno.test("ice: without a configured server nobody outside is asked", async () => {
  await using dir = await TempDir.make();
  await dir.put("a.bin", "a");
  await using box = await Box.start(dir.path);
  const { viewer } = await Viewer.open({ ...box.access, stack: "libwebrtc", filePath: "a.bin" });
  const types = viewer.remoteCandidates.map((candidate) => / typ (\w+)/.exec(candidate)?.[1]);
  assert.deepEqual([...new Set(types)], ["host"]);
  await viewer.close();
});
