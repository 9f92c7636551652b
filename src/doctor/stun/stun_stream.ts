import { MAX_STUN_SIZE, readStun, STUN_HEADER_SIZE, type StunMessage } from "../../rtc/ice/stun_message.ts";
import { before } from "../before.ts";
import type { Endpoint } from "./codec.ts";
import type { StunLine } from "./stun_line.ts";

/** For the connection, and for each answer, in milliseconds. */
const PATIENCE_MS = 4_000;

/** A connection to one server, one request at a time (RFC 8489, section 6.2.2). */
export class StunStream implements StunLine {
  readonly #connection: Deno.Conn;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * Connects to a server.
   *
   * @param tls the name that its certificate must have; undefined for plain TCP
   * @returns undefined where it does not answer in time
   * @throws {Error} of the system, or of TLS
   */
  static async open(to: Endpoint, tls: string | undefined): Promise<StunStream | undefined> {
    const connecting = connect(to, tls);
    const connection = await before(PATIENCE_MS, connecting);
    // One that comes later still holds a socket.
    if (connection === undefined) connecting.then((late) => late.close(), () => {});
    return connection && new StunStream(connection);
  }

  async ask(request: Uint8Array): Promise<StunMessage | undefined> {
    const { transactionId } = readStun(request)!;
    await this.#connection.write(request);
    const answer = await before(PATIENCE_MS, this.#message());
    return answer?.transactionId === transactionId ? answer : undefined;
  }

  close(): void {
    this.#connection.close();
  }

  async #message(): Promise<StunMessage | undefined> {
    const bytes = new Uint8Array(MAX_STUN_SIZE);
    let size = STUN_HEADER_SIZE;
    for (let have = 0; have < size;) {
      const read = await this.#connection.read(bytes.subarray(have, size)).catch(() => null);
      if (read === null) return undefined;
      have += read;
      if (have === STUN_HEADER_SIZE) size += new DataView(bytes.buffer).getUint16(2);
      if (size > MAX_STUN_SIZE) return undefined;
    }
    return readStun(bytes.subarray(0, size));
  }
}

async function connect({ hostname, port }: Endpoint, tls: string | undefined): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname, port });
  if (tls === undefined) return connection;
  const secure = await Deno.startTls(connection, { hostname: tls });
  await secure.handshake();
  return secure;
}
