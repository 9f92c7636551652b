/** A real HTTP server that answers as a test says and keeps what it was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** Milliseconds since the server began. */
  readonly at: number;
}

export class ScriptedServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #began = performance.now();
  readonly #stop = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(answer: (asked: Asked, index: number) => Response | Promise<Response>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, signal: this.#stop.signal, onListen() {} },
      async (request) => {
        const asked: Asked = {
          method: request.method,
          path: new URL(request.url).pathname,
          headers: request.headers,
          body: await request.text(),
          at: performance.now() - this.#began,
        };
        this.asked.push(asked);
        for (const wake of this.#waiting.splice(0)) wake();
        return await answer(asked, this.asked.length - 1);
      },
    );
  }

  get base(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Resolves when `count` requests that fit have come. */
  async until(count: number, fits: (asked: Asked) => boolean = () => true): Promise<Asked[]> {
    for (;;) {
      const fitting = this.asked.filter(fits);
      if (fitting.length >= count) return fitting;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not a graceful shutdown: that would wait for what a failed test left open.
    this.#stop.abort();
    await this.#server.finished;
  }
}

const SSE = { "content-type": "text/event-stream" };

/** An event stream with these events that then ends, after `ms` milliseconds. */
export function eventStream(events: { id?: number; data: unknown }[], ms = 0): Response {
  const text = events.map(({ id, data }) =>
    `${id === undefined ? "" : `id: ${id}\n`}event: signal\ndata: ${
      typeof data === "string" ? data : JSON.stringify(data)
    }\n\n`
  ).join("");
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text === "" ? ": open\n\n" : text));
        if (ms === 0) controller.close();
        else setTimeout(() => closeQuietly(controller), ms);
      },
    }),
    { headers: SSE },
  );
}

/** An event stream that stays open until `signal` aborts. */
export function openStream(signal: AbortSignal, data: unknown[] = []): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        const text = data.map((item) => `data: ${JSON.stringify(item)}\n\n`).join("");
        controller.enqueue(new TextEncoder().encode(`: open\n\n${text}`));
        signal.addEventListener("abort", () => closeQuietly(controller));
      },
    }),
    { headers: SSE },
  );
}

function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // The reader has gone already.
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}
