/** A port of the loopback that was free a moment ago, over TCP and UDP. */
export function freePort(): number {
  for (;;) {
    using tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = tcp.addr;
    try {
      Deno.listenDatagram({ hostname: "127.0.0.1", port, transport: "udp" }).close();
      return port;
    } catch {
      // Another one, then.
    }
  }
}
