import { Browser } from "../tests/player/support/browser.ts";

/** Headless Chromium that reads a file over a bare data channel, without the player. */
export class ChromiumReceiver implements AsyncDisposable {
  private constructor(
    readonly browser: Browser,
    readonly access: { relay: string; token: string },
  ) {}

  /** Undefined where there is no Chromium. */
  static async start(access: { relay: string; token: string }): Promise<ChromiumReceiver | undefined> {
    try {
      return new ChromiumReceiver(await Browser.start(), access);
    } catch {
      return undefined;
    }
  }

  /** @returns Mbit/s */
  async receive(filePath: string, size: number): Promise<number> {
    const { page } = await this.browser.open(`${this.access.relay}/healthz`);
    try {
      const ms = await page.evaluate(receiveInPage, { ...this.access, filePath, size });
      return size * 8 / ms / 1e3;
    } finally {
      await page.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
  }
}

// deno-lint-ignore no-explicit-any -- runs in the page, where these are the DOM's
declare const RTCPeerConnection: any;

/** Runs in the page: milliseconds from the request to the last byte. Uses nothing from outside itself. */
async function receiveInPage(
  { relay, token, filePath, size }: { relay: string; token: string; filePath: string; size: number },
): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const call = async (path: string, body: unknown) =>
    await (await fetch(relay + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const { sessionId } = await call("/api/stream/sessions", { filePath });
  const path = `/api/internal/stream/signal/${sessionId}`;
  const peer = new RTCPeerConnection();
  const channel = peer.createDataChannel("file");
  channel.binaryType = "arraybuffer";
  const done = new Promise<number>((resolve, reject) => {
    let began = 0;
    let received = 0;
    channel.onclose = () => reject(new Error("the channel closed"));
    channel.onmessage = ({ data }: { data: ArrayBuffer }) => {
      const type = new Uint8Array(data)[0];
      if (type === 0) {
        const request = new DataView(new ArrayBuffer(28));
        request.setUint8(0, 1);
        request.setUint32(4, 1);
        request.setUint32(8, 16);
        began = performance.now();
        channel.send(request.buffer);
      } else if (type === 2) {
        received += data.byteLength - 12;
      } else if (type === 3) {
        if (received === size) resolve(performance.now() - began);
        else reject(new Error(`${received} bytes instead of ${size}`));
      }
    };
  });
  let posts: Promise<unknown> = Promise.resolve();
  const post = (type: string, payload: string) => {
    posts = posts.then(() => call(path, { from: "browser", type, payload }));
  };
  // deno-lint-ignore no-explicit-any -- the DOM's event
  peer.onicecandidate = ({ candidate }: any) => {
    if (candidate !== null) post("candidate", JSON.stringify(candidate));
  };
  await peer.setLocalDescription();
  post("offer", JSON.stringify(peer.localDescription));
  const stop = new AbortController();
  const listen = async () => {
    const { body } = await fetch(`${relay}${path}/events`, { headers, signal: stop.signal });
    const reader = body!.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const { type, payload } = JSON.parse(data);
        if (type === "answer") await peer.setRemoteDescription(JSON.parse(payload));
        else if (type === "candidate") peer.addIceCandidate(JSON.parse(payload)).catch(() => {});
      }
    }
  };
  listen().catch(() => {});
  try {
    return await done;
  } finally {
    stop.abort();
    peer.close();
  }
}
