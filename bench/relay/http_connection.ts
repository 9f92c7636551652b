/**
 * An HTTP/1.1 client that costs little: a driver holds thousands of these, and its own work must not be what is
 * measured. It reads what the relay sends (RFC 9112, `Content-Length` and chunked) and is no general client.
 */

/** Where a relay listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Of `Retry-After`, in milliseconds; undefined where there is none. */
  readonly retryAfterMs: number | undefined;
}

/** The connection broke, or was never there; whether the request was served is not known. */
export class Disconnected extends Error {
  override readonly name = "Disconnected";
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

const encoder = new TextEncoder();

export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  /** Small: a held request waits with it in memory. */
  readonly #buffer = new Uint8Array(1_024);
  readonly #decoder = new TextDecoder();
  #text = "";
  #reusable = true;

  private constructor(connection: Deno.TcpConn, readonly address: Address) {
    this.#connection = connection;
    connection.setNoDelay();
  }

  /** @throws {Disconnected} where nobody listens */
  static async open(address: Address): Promise<HttpConnection> {
    try {
      return new HttpConnection(await Deno.connect(address), address);
    } catch (error) {
      throw new Disconnected(String(error));
    }
  }

  /** Whether it takes another request. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** @throws {Disconnected} */
  async request(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
    return await this.#guarded(async () => {
      await this.#send(method, path, token, "", body);
      const head = await this.#head();
      let text = "";
      if (head.headers.get("transfer-encoding") === "chunked") {
        for (let chunk = await this.#chunk(); chunk !== ""; chunk = await this.#chunk()) text += chunk;
      } else {
        text = await this.#take(Number(head.headers.get("content-length") ?? 0));
      }
      if (head.headers.get("connection") === "close") this.close();
      const seconds = head.headers.get("retry-after");
      return {
        status: head.status,
        body: text,
        retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1_000,
      };
    });
  }

  /**
   * One event-stream response, block by block without the empty line, until it ends; the status where it is not 200.
   *
   * @throws {Disconnected}
   */
  async *blocks(path: string, token: string, lastEventId: number): AsyncGenerator<string, number> {
    try {
      await this.#send("GET", path, token, lastEventId > 0 ? `Last-Event-ID: ${lastEventId}\r\n` : "");
      const head = await this.#head();
      if (head.status !== 200) return head.status;
      let events = "";
      for (let chunk = await this.#chunk(); chunk !== ""; chunk = await this.#chunk()) {
        events += chunk;
        for (let end = events.indexOf("\n\n"); end >= 0; end = events.indexOf("\n\n")) {
          yield events.slice(0, end);
          events = events.slice(end + 2);
        }
      }
      return 200;
    } catch (error) {
      throw new Disconnected(String(error));
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#reusable = false;
    try {
      this.#connection.close();
    } catch {
      // It is closed already.
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      throw new Disconnected(String(error));
    }
  }

  async #send(method: string, path: string, token: string, extra: string, body?: unknown): Promise<void> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const bytes = encoder.encode(
      `${method} ${path} HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer ${token}\r\n${extra}` +
        (body === undefined
          ? "\r\n"
          : `Content-Type: application/json\r\nContent-Length: ${
            encoder.encode(text).length
          }\r\n\r\n${text}`),
    );
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  async #head(): Promise<Head> {
    const [first = "", ...lines] = (await this.#until("\r\n\r\n")).split("\r\n");
    const headers = new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }));
    return { status: Number(first.split(" ")[1]), headers };
  }

  /** The next chunk (RFC 9112, section 7.1), "" for the last. */
  async #chunk(): Promise<string> {
    const size = parseInt(await this.#until("\r\n"), 16);
    return (await this.#take(size + 2)).slice(0, -2);
  }

  async #until(end: string): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf(end);
      if (at >= 0) {
        const taken = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + end.length);
        return taken;
      }
      await this.#read();
    }
  }

  /** What the drivers send is ASCII, so that a unit of text is a byte. */
  async #take(length: number): Promise<string> {
    while (this.#text.length < length) await this.#read();
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  async #read(): Promise<void> {
    const count = await this.#connection.read(this.#buffer);
    if (count === null) throw new Error("the relay closed the connection");
    this.#text += this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
  }
}
