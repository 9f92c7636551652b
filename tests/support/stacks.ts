/** The real WebRTC stacks that viewers in the tests run on, each in a process of its own. */
import { pack, type Packet, packets } from "./stack_packets.ts";

export const STACK_NAMES = ["libdatachannel", "libwebrtc"] as const;
export type StackName = typeof STACK_NAMES[number];

interface Description {
  readonly type: string;
  readonly sdp: string;
}

export interface Candidate {
  readonly candidate: string;
}

/** Said to whoever asks something of a stack whose process has gone. */
const ENDED = "the stack's process ended";

/** A stack's process and what lives in it. */
class Host {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly peers = new Map<number, PeerConnection>();
  readonly channels = new Map<number, DataChannel>();
  readonly #process: Deno.ChildProcess;
  readonly #listening: Promise<void>;
  #next = 1;
  #ended = false;

  constructor(stack: StackName) {
    const process = this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", new URL("stack_host.ts", import.meta.url).href, stack],
      stdin: "piped",
      stdout: "piped",
      stderr: Deno.env.get("UNARR_TEST_STDERR") ? "inherit" : "null",
    }).spawn();
    this.#writer = process.stdin.getWriter();
    globalThis.addEventListener("unload", () => {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
    });
    this.#listening = this.#listen(process.stdout);
  }

  id(): number {
    return this.#next++;
  }

  /** Stops and continues the whole process. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#writer.abort().catch(() => {});
    await this.#listening;
  }

  tell(head: Record<string, unknown>, body?: Uint8Array): void {
    this.#writer.write(pack(head, body)).catch(() => {});
  }

  call<T>(head: Record<string, unknown>): Promise<T> {
    const call = this.id();
    if (this.#ended) return Promise.reject(new Error(ENDED));
    const done = Promise.withResolvers<unknown>();
    this.#calls.set(call, done);
    this.tell({ ...head, call });
    return done.promise as Promise<T>;
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const packet of packets(stream)) this.#take(packet);
    this.#ended = true;
    for (const { reject } of this.#calls.values()) reject(new Error(ENDED));
    for (const channel of this.channels.values()) channel.onclose();
  }

  // deno-lint-ignore no-explicit-any -- checked by its use: both ends are this project's.
  #take({ head, body }: { head: any; body: Uint8Array<ArrayBuffer> }): void {
    const channel = this.channels.get(head.channel);
    switch (head.event) {
      case "result": {
        const done = this.#calls.get(head.call)!;
        this.#calls.delete(head.call);
        return head.error === undefined ? done.resolve(head.result) : done.reject(new Error(head.error));
      }
      case "candidate":
        return this.peers.get(head.peer)?.onicecandidate({ candidate: head.candidate });
      case "state": {
        const peer = this.peers.get(head.peer);
        if (peer !== undefined) peer.connectionState = head.state;
        return;
      }
      case "open":
        return channel?.onopen();
      case "close":
        return channel?.onclose();
      case "message":
        return channel?.onmessage({ data: body.buffer });
      case "text":
        return channel?.onmessage({ data: new TextDecoder().decode(body) });
    }
  }
}

/** An RTCPeerConnection of a stack; the part of the W3C's interface that the tests use. */
export class PeerConnection {
  onicecandidate: (event: { candidate: Candidate | null }) => void = () => {};
  connectionState = "new";
  readonly #host: Host;
  readonly #id: number;

  constructor(host: Host) {
    this.#host = host;
    this.#id = host.id();
    host.peers.set(this.#id, this);
    host.tell({ op: "peer", peer: this.#id });
  }

  createDataChannel(label: string, init: Record<string, unknown> = {}): DataChannel {
    return new DataChannel(this.#host, this.#id, label, init);
  }

  createOffer(options: Record<string, unknown> = {}): Promise<Description> {
    return this.#host.call({ op: "createOffer", peer: this.#id, options });
  }

  setLocalDescription(description: Description): Promise<void> {
    return this.#host.call({ op: "setLocalDescription", peer: this.#id, description });
  }

  setRemoteDescription(description: Description): Promise<void> {
    return this.#host.call({ op: "setRemoteDescription", peer: this.#id, description });
  }

  addIceCandidate(candidate: unknown): Promise<void> {
    return this.#host.call({ op: "addIceCandidate", peer: this.#id, candidate });
  }

  close(): void {
    this.#host.tell({ op: "close", peer: this.#id });
    this.#host.peers.delete(this.#id);
  }
}

/** An RTCDataChannel of a stack; binary messages arrive as ArrayBuffer. */
export class DataChannel {
  onopen: () => void = () => {};
  onclose: () => void = () => {};
  onmessage: (event: { data: ArrayBuffer | string }) => void = () => {};
  binaryType = "arraybuffer";
  readonly #host: Host;
  readonly #id: number;

  constructor(host: Host, peer: number, readonly label: string, init: Record<string, unknown>) {
    this.#host = host;
    this.#id = host.id();
    host.channels.set(this.#id, this);
    host.tell({ op: "channel", peer, channel: this.#id, label, init });
  }

  send(data: Uint8Array | ArrayBuffer | string): void {
    const text = typeof data === "string";
    const body = text
      ? new TextEncoder().encode(data)
      : data instanceof Uint8Array
      ? data
      : new Uint8Array(data);
    this.#host.tell({ op: "send", channel: this.#id, text }, body);
  }

  close(): void {
    this.#host.tell({ op: "closeChannel", channel: this.#id });
  }

  /** Sends a short message; answers the bytes of binary messages that had arrived when it went out. */
  sendMarked(data: Uint8Array): Promise<number> {
    return this.#host.call({ op: "sendMarked", channel: this.#id, bytes: [...data] });
  }

  /** Bytes of binary messages that have arrived at the stack. */
  received(): Promise<number> {
    return this.#host.call({ op: "received", channel: this.#id });
  }

  /** From now on binary messages with this first byte are counted and not passed on. */
  sink(firstByte: number): Promise<void> {
    return this.#host.call({ op: "sink", channel: this.#id, firstByte });
  }

  /**
   * From now on binary messages with this first byte are hashed from their byte `skip` on and not passed
   * on, until {@link digest}.
   */
  hash(firstByte: number, skip: number): Promise<void> {
    return this.#host.call({ op: "hash", channel: this.#id, firstByte, skip });
  }

  /** The SHA-256, in hex, and the number of the bytes that were hashed. */
  digest(): Promise<{ sha256: string; bytes: number }> {
    return this.#host.call({ op: "digest", channel: this.#id });
  }

  /** Stops the stack's process, after what it was told so far is done. */
  async freeze(): Promise<void> {
    await this.#host.call({ op: "idle" });
    this.#host.signal("SIGSTOP");
  }

  thaw(): void {
    this.#host.signal("SIGCONT");
  }
}

// Started with the test file and not by a test: they serve all of its tests.
const hosts: Record<StackName, Host> = {
  libdatachannel: new Host("libdatachannel"),
  libwebrtc: new Host("libwebrtc"),
};

export const STACKS: Record<StackName, () => PeerConnection> = {
  libdatachannel: () => new PeerConnection(hosts.libdatachannel),
  libwebrtc: () => new PeerConnection(hosts.libwebrtc),
};

/** A stack in a process that a test has to itself, and may kill. */
export class OwnStack implements AsyncDisposable {
  readonly #host: Host;
  #killed = false;

  constructor(stack: StackName) {
    this.#host = new Host(stack);
  }

  connect(): PeerConnection {
    return new PeerConnection(this.#host);
  }

  /** Ends the process without a word to anybody, frozen or not. */
  async kill(): Promise<void> {
    if (this.#killed) return;
    this.#killed = true;
    await this.#host.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

export type { Packet };
