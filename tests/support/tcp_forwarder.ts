/**
 * Stands between clients and a TCP server, at an address that stays when the server is another one: what a load
 * balancer or a restarted host is to them.
 */
export class TcpForwarder implements AsyncDisposable {
  /** The port it forwards new connections to. */
  target: number;
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #running: Promise<void>;

  constructor(target: number) {
    this.target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#run();
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends every connection that is open. */
  cut(): void {
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#running;
  }

  async #run(): Promise<void> {
    const forwarded = new Set<Promise<void>>();
    try {
      for await (const client of this.#listener) {
        const one = this.#forward(client).finally(() => forwarded.delete(one));
        forwarded.add(one);
      }
    } catch {
      // The listener is closed.
    }
    await Promise.all(forwarded);
  }

  async #forward(client: Deno.TcpConn): Promise<void> {
    this.#connections.add(client);
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target }).catch(() => undefined);
    if (server !== undefined) {
      this.#connections.add(server);
      await Promise.all([pipe(client, server), pipe(server, client)]);
      this.#connections.delete(server);
    }
    close(client);
    this.#connections.delete(client);
  }
}

/** Ends both with the first, as a server that is killed does. */
async function pipe(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  await from.readable.pipeTo(to.writable).catch(() => {});
  close(from);
  close(to);
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
