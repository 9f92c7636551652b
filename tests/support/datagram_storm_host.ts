/** The thread that `datagram_storm.ts` starts. */
import type { StormOptions } from "./datagram_storm.ts";
import { hostileDatagram } from "./hostile_datagrams.ts";
import { seeded } from "./seeded.ts";

/** Strangers; the addresses are this machine's own (RFC 6890: 127.0.0.0/8). */
const SOCKETS = 16;

/** How long a batch is apart from the next, in milliseconds. */
const BATCH_MS = 5;

async function send({ target, count, rate, seed, seen, prepared = 0 }: StormOptions): Promise<number> {
  const random = seeded(seed);
  const sockets = Array.from(
    { length: SOCKETS },
    (_, i) => Deno.listenDatagram({ transport: "udp", hostname: `127.3.0.${1 + (i >> 1)}`, port: 0 }),
  );
  const pool = Array.from({ length: prepared }, () => hostileDatagram(random, seen));
  const began = performance.now();
  let sent = 0;
  while (sent < count) {
    const due = Math.min(count, Math.ceil((performance.now() - began) * rate / 1_000));
    for (; sent < due; sent++) {
      const datagram = pool.length > 0 ? pool[sent % pool.length]! : hostileDatagram(random, seen);
      await sockets[sent % SOCKETS]!.send(datagram, target).catch(() => 0);
    }
    await new Promise((resolve) => setTimeout(resolve, BATCH_MS));
  }
  for (const socket of sockets) socket.close();
  return sent;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<StormOptions>) => void;
  postMessage(message: unknown): void;
};
scope.onmessage = ({ data }) => void send(data).then((sent) => scope.postMessage(sent));
