/**
 * An HTTP server that goes on listening. Deno's ends its listener for good when it cannot take a connection, as when
 * strangers hold as many as the process may have open; connections that it has are served on.
 */
import type { Log, RequestEnvironment } from "./context.ts";

export interface HttpServerOptions {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  readonly handler: (request: Request, environment: RequestEnvironment) => Promise<Response>;
}

/** From a listener that ended to the next attempt to listen, in milliseconds. */
const AGAIN_MS = 1_000;

/**
 * Connections of a listener that ended have so long for what is under way, in milliseconds: longer than an event
 * stream (25 s) or a wake (28 s). What is there then is nobody's who has asked for anything.
 */
const RETIRE_MS = 30_000;

interface Serving {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly abort: AbortController;
}

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly port: number;
  #serving: Serving | undefined;
  readonly #retired = new Set<Promise<void>>();
  #again: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;

  /** @throws what `Deno.serve` throws where the address cannot be had */
  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.port = this.#listen(options.port);
  }

  /** Takes no connection more, and waits for the requests under way. */
  async shutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#again);
    await Promise.all([this.#serving?.server.shutdown(), ...this.#retired]);
  }

  #listen(port: number): number {
    const { hostname, handler, log } = this.#options;
    const abort = new AbortController();
    const server = Deno.serve({
      hostname,
      port,
      signal: abort.signal,
      onListen: () => {},
      onError: (error) => {
        log("error", "{error}", { error: String(error) });
        return new Response(null, { status: 500 });
      },
    }, (request, { remoteAddr, completed }) => handler(request, { peer: remoteAddr.hostname, completed }));
    const serving = this.#serving = { server, abort };
    server.finished.catch((error: Error) => this.#ended(serving, error));
    return server.addr.port;
  }

  #ended(serving: Serving, error: Error): void {
    if (this.#stopping) return;
    this.#serving = undefined;
    this.#options.log("warn", "no connection can be taken for now: {error}", { error: error.message });
    this.#retire(serving);
    this.#listenAgain();
  }

  /** Ends what waits for nothing at once, and the rest when all that was asked for has been answered. */
  #retire({ server, abort }: Serving): void {
    const timer = setTimeout(() => abort.abort(), RETIRE_MS);
    const retired = server.shutdown().catch(() => {}).finally(() => {
      clearTimeout(timer);
      this.#retired.delete(retired);
    });
    this.#retired.add(retired);
  }

  #listenAgain(): void {
    this.#again = setTimeout(() => {
      try {
        this.#listen(this.port);
      } catch (error) {
        this.#options.log("debug", "cannot listen yet: {error}", { error: (error as Error).message });
        this.#listenAgain();
      }
    }, AGAIN_MS);
  }
}
