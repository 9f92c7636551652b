import assert from "node:assert/strict";
import { dropsIn, socketDrops } from "./socket_drops.ts";

// Two lines of a Linux machine, with drops of their own.
const TABLE =
  `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
10315: 0100007F:BA15 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 522383 2 000000009b2df91a 17        
10316: 0100007F:BA16 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 522384 2 000000009b2df91b 5         
`;

Deno.test("socket drops: those of the ports that were asked for", () => {
  assert.equal(dropsIn(TABLE, [0xba15]), 17);
  assert.equal(dropsIn(TABLE, [0xba15, 0xba16]), 22);
  assert.equal(dropsIn(TABLE, [0xba17]), 0);
});

Deno.test({
  name: "socket drops: a socket that nobody reads drops, and that is counted",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const { port } = socket.addr as Deno.NetAddr;
    assert.equal(await socketDrops([port]), 0);
    const datagram = new Uint8Array(60_000);
    // More than the largest receive buffer that a system gives unasked.
    for (let i = 0; i < 400; i++) await socket.send(datagram, socket.addr);
    const dropped = await socketDrops([port]) ?? 0;
    socket.close();
    assert.ok(dropped > 0);
  },
});
