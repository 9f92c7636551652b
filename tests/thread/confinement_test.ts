import assert from "node:assert/strict";
import { type Confinement, permissionsOf } from "../../src/thread/confinement.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const ENGINE: Confinement = { read: [], net: true, sys: ["networkInterfaces"] };

/** What a real worker with `permissions` says of itself when it is to be confined to `claim`. */
async function faultOf(
  permissions: Deno.PermissionOptionsObject,
  claim: Confinement,
): Promise<string | undefined> {
  const worker = new Worker(new URL("fixtures/tells_fault.ts", import.meta.url), {
    type: "module",
    deno: { permissions },
  });
  const answer = new Promise<string | undefined>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data.fault);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
  worker.postMessage(claim);
  try {
    return await within(10_000, "the answer", answer);
  } finally {
    worker.terminate();
  }
}

Deno.test("confinement: what is given passes its own check", async () => {
  await using dir = await TempDir.make();
  for (
    const confinement of [
      { read: [], net: false, sys: [] },
      { read: [], net: true, sys: [] },
      { ...ENGINE, read: [dir.path] },
      { ...ENGINE, read: [dir.path, `${dir.path}-2`] },
      { ...ENGINE, read: ["/"] },
    ] satisfies Confinement[]
  ) {
    assert.equal(await faultOf(permissionsOf(confinement), confinement), undefined);
  }
});

Deno.test("confinement: each permission too many is found", async () => {
  await using dir = await TempDir.make();
  const right = permissionsOf({ ...ENGINE, read: [dir.path] });
  const faults: [Deno.PermissionOptionsObject, RegExp][] = [
    [{ read: true }, /"read" for everything/],
    [{ read: [dir.path, "/"] }, /read the root of the file system/],
    [{ write: true }, /"write"/],
    [{ write: ["/"] }, /write files/],
    [{ env: true }, /"env"/],
    [{ run: true }, /"run"/],
    [{ run: ["/"] }, /start programs/],
    [{ ffi: true }, /"ffi"/],
    [{ ffi: ["/"] }, /load native libraries/],
    [{ sys: true }, /"sys"/],
    [{ sys: ["networkInterfaces", "hostname"] }, /sys hostname/],
    [{ import: true }, /"import"/],
  ];
  for (const [extra, fault] of faults) {
    const found = await faultOf({ ...right, ...extra }, { ...ENGINE, read: [dir.path] });
    assert.match(String(found), fault, JSON.stringify(extra));
  }
});

Deno.test("confinement: a permission that is missing is found, without a path in the sentence", async () => {
  await using dir = await TempDir.make();
  const claim = { ...ENGINE, read: [dir.path] };
  assert.match(String(await faultOf({ ...permissionsOf(claim), net: false }, claim)), /lacks .*"net"/);
  assert.match(
    String(await faultOf({ ...permissionsOf(claim), sys: false }, claim)),
    /lacks .*networkInterfaces/,
  );
  const unread = String(await faultOf({ ...permissionsOf(claim), read: false }, claim));
  assert.match(unread, /cannot read a shared folder/);
  assert.ok(!unread.includes(dir.path));
});
