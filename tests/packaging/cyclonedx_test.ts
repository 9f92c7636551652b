import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { bill, type Lock } from "../../packaging/cyclonedx.ts";

function integrity(byte: number): string {
  return `sha512-${Buffer.alloc(64, byte).toString("base64")}`;
}

const LOCK: Lock = {
  npm: {
    "@scope/a@1.0.0_peer@3.0.0": { integrity: integrity(1), dependencies: ["b@2.0.0", "peer"] },
    "b@1.0.0": { integrity: integrity(2), dependencies: ["b@2.0.0"] },
    "b@2.0.0": { integrity: integrity(3) },
    "peer@3.0.0": { integrity: integrity(4), dependencies: ["@scope/a"] },
    "only-for-tests@9.0.0": { integrity: integrity(5) },
  },
};

const LICENCES: Record<string, string> = {
  "@scope/a@1.0.0": "(MIT OR Apache-2.0)",
  "b@2.0.0": "SEE LICENSE IN COPYING",
};

const options = {
  lock: LOCK,
  imported: ["@scope/a@1.0.0"],
  program: { name: "program", version: "0.1.0", licence: "MIT" },
  denoVersion: "2.9.6",
  licenceOf: (name: string, version: string) => LICENCES[`${name}@${version}`],
};

Deno.test("bill of materials: what is imported and what that needs, once each; nothing else", () => {
  const { components, dependencies, metadata } = bill(options);
  assert.equal(metadata.component.version, "0.1.0");
  assert.deepEqual(components.map(({ purl }) => purl), [
    "pkg:github/denoland/deno@v2.9.6",
    "pkg:npm/%40scope/a@1.0.0",
    "pkg:npm/b@2.0.0",
    "pkg:npm/peer@3.0.0",
  ]);
  assert.deepEqual(dependencies, [
    { ref: "program", dependsOn: ["deno", "@scope/a@1.0.0_peer@3.0.0"] },
    { ref: "deno", dependsOn: [] },
    { ref: "@scope/a@1.0.0_peer@3.0.0", dependsOn: ["b@2.0.0", "peer@3.0.0"] },
    { ref: "b@2.0.0", dependsOn: [] },
    { ref: "peer@3.0.0", dependsOn: ["@scope/a@1.0.0_peer@3.0.0"] },
  ]);
});

Deno.test("bill of materials: hashes in hexadecimal, licences as expressions where they are some", () => {
  const [, a, b, peer] = bill(options).components;
  assert.deepEqual(a!.hashes, [{ alg: "SHA-512", content: "01".repeat(64) }]);
  assert.deepEqual(a!.licenses, [{ expression: "(MIT OR Apache-2.0)" }]);
  assert.deepEqual(b!.licenses, [{ license: { name: "SEE LICENSE IN COPYING" } }]);
  assert.equal(peer!.licenses, undefined);
});

Deno.test("bill of materials: a package that cannot be told is an error", () => {
  assert.throws(() => bill({ ...options, imported: ["c@1.0.0"] }), /0 packages that are c@1.0.0/);
  assert.throws(() => bill({ ...options, imported: ["b"] }), /2 packages that are b/);
  const weak = { npm: { "b@2.0.0": { integrity: "sha1-AAAA" } } };
  assert.throws(() => bill({ ...options, lock: weak, imported: ["b"] }), /no SHA-512/);
});

Deno.test("bill of materials: the program's own names its packages, with licences", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-run", "packaging/sbom.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { components } = JSON.parse(new TextDecoder().decode(stdout));
  const names = components.map(({ name }: { name: string }) => name);
  for (const name of ["werift", "hono", "commander", "valibot"]) assert.ok(names.includes(name), name);
  for (const name of ["fast-check", "playwright-core", "node-datachannel"]) {
    assert.ok(!names.includes(name), name);
  }
  assert.ok(components.every(({ licenses }: { licenses?: unknown[] }) => licenses?.length === 1));
});
