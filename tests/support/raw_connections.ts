import { within } from "./within.ts";

const encoder = new TextEncoder();

/** Writes `parts` on a connection of its own and reads until the answer is as far as `until`, or it is closed. */
export async function raw(
  origin: string,
  parts: readonly (string | Uint8Array)[],
  until: RegExp = /\r\n\r\n/,
): Promise<{ answer: string; closed: boolean }> {
  using connection = await connect(origin);
  let answer = "";
  let closed = false;
  const reading = (async () => {
    const buffer = new Uint8Array(65_536);
    try {
      while (!until.test(answer)) {
        const length = await connection.read(buffer);
        if (length === null) break;
        answer += new TextDecoder("latin1").decode(buffer.subarray(0, length));
      }
      closed = !until.test(answer);
    } catch {
      closed = true;
    }
  })();
  const writing = (async () => {
    try {
      for (const part of parts) await writeAll(connection, part);
    } catch {
      // The other end does not want to hear more.
    }
  })();
  await within(60_000, "an answer or an end", reading);
  await Promise.race([writing, reading]);
  return { answer, closed };
}

export function connect(origin: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(origin);
  return Deno.connect({ hostname, port: Number(port) });
}

export async function writeAll(connection: Deno.Conn, part: string | Uint8Array): Promise<void> {
  const bytes = typeof part === "string" ? encoder.encode(part) : part;
  for (let at = 0; at < bytes.byteLength;) at += await connection.write(bytes.subarray(at));
}

/** Connections that are opened, told `first`, and left alone. */
export class Crowd implements Disposable {
  readonly #connections: Deno.Conn[] = [];

  /** Opens up to `count`; those that are refused are left out. */
  static async gather(origin: string, count: number, first: string): Promise<Crowd> {
    const crowd = new Crowd();
    for (let opened = 0; opened < count; opened += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - opened) }, async () => {
        try {
          const connection = await connect(origin);
          crowd.#connections.push(connection);
          await writeAll(connection, first);
        } catch {
          // Refused, or closed at once.
        }
      }));
    }
    return crowd;
  }

  get size(): number {
    return this.#connections.length;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.close();
  }
}
