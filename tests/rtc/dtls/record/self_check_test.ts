import assert from "node:assert/strict";
import type { AeadBackend, OpeningKey, SealingKey } from "../../../../src/rtc/dtls/record/aead_backend.ts";
import { chooseBackend } from "../../../../src/rtc/dtls/record/choose_backend.ts";
import { RecordError } from "../../../../src/rtc/dtls/record/errors.ts";
import { selfCheck } from "../../../../src/rtc/dtls/record/self_check.ts";
import { nodeBackend } from "../../../../src/rtc/dtls/record/node_backend.ts";
import { BACKENDS } from "./support.ts";

/** `node:crypto` with one fault. */
function faulty(
  seal: (inner: SealingKey) => SealingKey,
  open: (inner: OpeningKey) => OpeningKey,
): AeadBackend {
  return {
    name: "kernel",
    sealingKey: (key, salt) => seal(nodeBackend.sealingKey(key, salt)),
    openingKey: (key, salt) => open(nodeBackend.openingKey(key, salt)),
  };
}

const FAULTS: Record<string, AeadBackend> = {
  "does not start": { ...nodeBackend, sealingKey: () => assert.fail("no WebAssembly") },
  "one bit of one tag": faulty(
    (inner) => ({
      seal(type, epoch, sequence, packets, arena, offset) {
        inner.seal(type, epoch, sequence, packets, arena, offset);
        arena[arena.byteLength - 1]! ^= 1;
      },
    }),
    (inner) => inner,
  ),
  "accepts everything": faulty((inner) => inner, (inner) => ({
    open(record) {
      inner.open(record);
      return true;
    },
  })),
  "accepts nothing": faulty((inner) => inner, () => ({ open: () => false })),
  "gives out another text": faulty((inner) => inner, (inner) => ({
    open(record) {
      const authentic = inner.open(record);
      if (authentic) record[record.byteLength - 17]! ^= 1;
      return authentic;
    },
  })),
};

Deno.test("self-check: both backends pass, and auto takes the kernel", () => {
  for (const backend of BACKENDS) assert.ok(selfCheck(backend), backend.name);
  assert.equal(chooseBackend("auto").name, "kernel");
  assert.equal(chooseBackend("kernel").name, "kernel");
  assert.equal(chooseBackend("node").name, "node");
});

Deno.test("self-check: a kernel with a fault is not taken", () => {
  for (const [fault, backend] of Object.entries(FAULTS)) {
    assert.equal(selfCheck(backend), false, fault);
    assert.equal(chooseBackend("auto", backend), nodeBackend, fault);
    assert.throws(
      () => chooseBackend("kernel", backend),
      (error) => error instanceof RecordError && error.type === "kernel-unavailable",
    );
  }
});

Deno.test("self-check: an engine without WebAssembly gets node:crypto", async () => {
  const url = new URL("../../../../src/rtc/dtls/record/choose_backend.ts", import.meta.url).href;
  const crc = new URL("../../../../src/rtc/dtls/kernel/crc32c.ts", import.meta.url).href;
  const code = `
    delete globalThis.WebAssembly;
    const { chooseBackend } = await import("${url}");
    const { crc32c } = await import("${crc}");
    console.log(chooseBackend("auto").name, crc32c(new TextEncoder().encode("123456789")).toString(16));
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "node e3069283");
});
