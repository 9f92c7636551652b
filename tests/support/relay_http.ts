/** A viewer's calls to a relay, written from its contract and sharing no code with the program. */

export interface Event {
  readonly id: string;
  readonly from: string;
  readonly type: string;
  readonly payload: string;
}

export class RelayHttp {
  constructor(readonly base: string, readonly token: string) {}

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  async createSession(body: { agentId?: string; filePath?: string }): Promise<string> {
    for (let attempt = 0;; attempt++) {
      const response = await fetch(`${this.base}/api/stream/sessions`, {
        method: "POST",
        headers: { ...this.headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const value = await response.json();
      if (response.status === 201) return value.sessionId;
      // The agent may still be on its way to the relay.
      if ((response.status !== 503 && response.status !== 404) || attempt > 50) {
        throw new Error(`POST sessions: ${response.status} ${JSON.stringify(value)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async post(sessionId: string, type: string, payload: string): Promise<number> {
    const response = await fetch(`${this.base}/api/internal/stream/signal/${sessionId}`, {
      method: "POST",
      headers: { ...this.headers, "content-type": "application/json" },
      body: JSON.stringify({ from: "browser", type, payload }),
    });
    await response.body?.cancel();
    return response.status;
  }

  /** The agent's messages, over as many responses as it takes, until `signal` aborts. */
  async *events(sessionId: string, signal: AbortSignal): AsyncGenerator<Event> {
    let last = "";
    while (!signal.aborted) {
      let response: Response;
      try {
        response = await fetch(`${this.base}/api/internal/stream/signal/${sessionId}/events`, {
          headers: { ...this.headers, ...(last === "" ? {} : { "last-event-id": last }) },
          signal,
        });
      } catch {
        if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      if (response.status !== 200) {
        await response.body?.cancel();
        if (response.status === 404) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      let text = "";
      try {
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
            const lines = text.slice(0, end).split("\n");
            text = text.slice(end + 2);
            const field = (name: string) =>
              lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
            const data = field("data");
            if (data === undefined) continue;
            last = field("id") ?? last;
            yield { id: last, ...JSON.parse(data) };
          }
        }
      } catch {
        // The connection was cut; the next response goes on behind the last event.
      }
    }
  }
}
