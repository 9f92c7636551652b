import assert from "node:assert/strict";
import { compile, embed } from "../../../../src/rtc/dtls/kernel/build.ts";
import { KERNEL_WASM } from "../../../../src/rtc/dtls/kernel/kernel_wasm.ts";

/** It is part of the program's single file. */
const MAX_SIZE = 10 * 1_024;

Deno.test("kernel: what is checked in is what its source compiles to", async () => {
  const wasm = compile();
  assert.ok(wasm.byteLength <= MAX_SIZE, `${wasm.byteLength} bytes`);
  const checkedIn = new URL("../../../../src/rtc/dtls/kernel/kernel_wasm.ts", import.meta.url);
  assert.equal(await Deno.readTextFile(checkedIn), embed(wasm), "run src/rtc/dtls/kernel/build.ts");
  assert.deepEqual(Uint8Array.from(atob(KERNEL_WASM), (char) => char.charCodeAt(0)), wasm);
});
