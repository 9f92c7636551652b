import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { Viewer } from "../support/viewer.ts";

const MIB = 1 << 20;

for (const stack of STACK_NAMES) {
  Deno.test(`e2e: a 64 MiB file arrives whole at a ${stack} viewer`, async () => {
    const dir = await Deno.makeTempDir();
    const hash = createHash("sha256");
    const file = await Deno.open(`${dir}/random.bin`, { write: true, create: true });
    for (let i = 0; i < 1024; i++) {
      const block = crypto.getRandomValues(new Uint8Array(65_536));
      hash.update(block);
      await file.write(block);
    }
    file.close();
    try {
      await using program = await Program.start([`--allow-read=${dir}`, "serve", "--listen", "127.0.0.1:0"]);
      const { viewer, channel, hello } = await Viewer.open({
        ...await program.access(),
        stack,
        filePath: "random.bin",
      });
      assert.deepEqual([hello.fileName, hello.fileSize], ["random.bin", BigInt(64 * MIB)]);
      const received = createHash("sha256");
      const began = performance.now();
      const { status, bytes, last, chunks } = await channel.read(0, 0, (data) => received.update(data));
      const seconds = (performance.now() - began) / 1_000;
      console.log(`${stack}: ${Math.round(bytes * 8 / seconds / 1e6)} Mbit/s`);
      assert.deepEqual([status, bytes, last], [0, 64 * MIB, true]);
      assert.ok(chunks.every((size) => size === 16_384));
      assert.equal(received.digest("hex"), hash.digest("hex"));
      await viewer.close();
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}
