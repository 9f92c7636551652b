import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { openFiles, udpSockets } from "./open_handles.ts";

Deno.test({
  name: "open handles: files and UDP sockets are seen while they are open",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await TempDir.make();
    const path = await dir.put("folder/a.bin", "a");
    const sockets = await udpSockets(Deno.pid);
    const files = [await Deno.open(path), await Deno.open(path)];
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    assert.deepEqual(await openFiles(Deno.pid, dir.path), ["folder/a.bin", "folder/a.bin"]);
    assert.equal(await udpSockets(Deno.pid), sockets + 1);
    for (const file of files) file.close();
    socket.close();
    assert.deepEqual(await openFiles(Deno.pid, dir.path), []);
    assert.equal(await udpSockets(Deno.pid), sockets);
  },
});
