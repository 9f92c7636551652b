import { concat } from "../../src/player/client/concat.ts";
import { decodeFrame, encodeBare, encodeRangeReq, type Frame, type Hello } from "../../src/wire/mod.ts";
import type { Detour } from "./emulator/detour.ts";
import { RelayHttp } from "./relay_http.ts";
import { type DataChannel, type OwnStack, type PeerConnection, type StackName, STACKS } from "./stacks.ts";
import { within } from "./within.ts";

export interface ViewerOptions {
  readonly relay: string;
  readonly token: string;
  readonly stack: StackName;
  /** The stack's process; the one that all tests of the file share where it is left out. */
  readonly process?: OwnStack;
  readonly agentId?: string;
  /** A single file; without one the session opens the library. */
  readonly filePath?: string;
  /** Label and mode of the first channel. */
  readonly label?: string;
  readonly channel?: Record<string, unknown>;
  /** Changes the SDP of the offer that is sent. */
  readonly mapOffer?: (sdp: string) => string;
  /** Proves the offer that is sent. */
  readonly prove?: (sessionId: string, offer: string) => unknown;
  /** Sends candidates before the offer they belong to. */
  readonly candidatesFirst?: boolean;
  /** Loses so many answers, and sends the offer again for each. */
  readonly dropAnswers?: number;
  /** Sends and takes only candidates that fit. */
  readonly onlyCandidates?: (candidate: string) => boolean;
  /** Leads all traffic through it; none of the viewer's own candidates is sent. */
  readonly through?: Detour;
}

/** A range as it arrived. */
export interface Received {
  readonly status: number;
  readonly bytes: number;
  /** Whether the last chunk said so. */
  readonly last: boolean;
  /** Sizes of the chunks. */
  readonly chunks: number[];
}

/** A viewer on a real WebRTC stack. */
export class Viewer {
  readonly http: RelayHttp;
  readonly connection: PeerConnection;
  readonly byes: string[] = [];
  /** The offers that were sent, as payloads. */
  readonly offers: string[] = [];
  /** What the agent's `bye` says beside its reason. */
  byeDetail: string | undefined;
  /** Types of the agent's messages, in order. */
  readonly messages: string[] = [];
  readonly answers: string[] = [];
  /** The agent's candidates, as they came. */
  readonly remoteCandidates: string[] = [];
  sessionId = "";
  readonly #abort = new AbortController();
  readonly #bye = Promise.withResolvers<string>();
  #events: Promise<void> = Promise.resolve();

  private constructor(readonly options: ViewerOptions) {
    this.http = new RelayHttp(options.relay, options.token);
    this.connection = options.process?.connect() ?? STACKS[options.stack]();
  }

  /** Makes a session and its first channel, and sends the offer; does not wait for the channel. */
  static async start(options: ViewerOptions): Promise<{ viewer: Viewer; channel: FrameChannel }> {
    const viewer = new Viewer(options);
    const { agentId, filePath } = options;
    viewer.sessionId = await viewer.http.createSession({
      ...(agentId === undefined ? {} : { agentId }),
      ...(filePath === undefined ? {} : { filePath }),
    });
    const channel = viewer.openChannel(options.label ?? (filePath === undefined ? "unarr-library" : "file"));
    viewer.#events = viewer.#listen();
    viewer.#sendCandidates();
    await viewer.offer();
    return { viewer, channel };
  }

  /** As {@link start}, and waits for HELLO on the first channel. */
  static async open(
    options: ViewerOptions,
  ): Promise<{ viewer: Viewer; channel: FrameChannel; hello: Hello }> {
    const { viewer, channel } = await Viewer.start(options);
    const hello = await within(20_000, "HELLO", channel.hello);
    return { viewer, channel, hello };
  }

  openChannel(label: string, init: Record<string, unknown> = {}): FrameChannel {
    return new FrameChannel(this.connection.createDataChannel(label, { ...this.options.channel, ...init }));
  }

  /** Resolves with the reason of the agent's `bye`. */
  get bye(): Promise<string> {
    return this.#bye.promise;
  }

  async offer(init: Record<string, unknown> = {}): Promise<void> {
    const offer = await this.connection.createOffer(init);
    const { mapOffer = (sdp: string) => sdp, onlyCandidates } = this.options;
    await this.connection.setLocalDescription(offer);
    if (this.options.candidatesFirst) {
      await within(10_000, "a candidate", this.#gathered.promise);
      await this.#candidates;
    }
    const sdp = onlyCandidates === undefined
      ? offer.sdp
      : offer.sdp.replace(/^a=candidate:.*\r\n/gm, (line: string) => onlyCandidates(line) ? line : "");
    const { through } = this.options;
    const sent = mapOffer(through?.offer(sdp) ?? sdp);
    const proof = this.options.prove?.(this.sessionId, sent);
    this.#offer = JSON.stringify({ type: "offer", sdp: sent, proof });
    this.offers.push(this.#offer);
    await this.http.post(this.sessionId, "offer", this.#offer);
  }

  #offer = "";
  #dropped = 0;
  readonly #gathered = Promise.withResolvers<void>();

  #candidates: Promise<unknown> = Promise.resolve();

  #sendCandidates(): void {
    this.connection.onicecandidate = ({ candidate }) => {
      const type = candidate === null || candidate.candidate === "" ? "candidate-end" : "candidate";
      const payload = type === "candidate" ? JSON.stringify(candidate) : "";
      if (type === "candidate" && this.options.onlyCandidates?.(candidate!.candidate) === false) return;
      if (type === "candidate" && this.options.through !== undefined) return;
      this.#gathered.resolve();
      this.#candidates = this.#candidates.then(() =>
        this.#abort.signal.aborted ? undefined : this.http.post(this.sessionId, type, payload)
      ).catch(() => {});
    };
  }

  async #listen(): Promise<void> {
    const early: string[] = [];
    let answered = "";
    for await (const event of this.http.events(this.sessionId, this.#abort.signal)) {
      this.messages.push(event.type);
      if (event.type === "answer") {
        this.answers.push(event.payload);
        if (this.#dropped < (this.options.dropAnswers ?? 0)) {
          this.#dropped++;
          // Later than the agent's least gap between two equal answers.
          await new Promise((resolve) => setTimeout(resolve, 1_100));
          await this.http.post(this.sessionId, "offer", this.#offer);
          continue;
        }
        const answer = JSON.parse(event.payload);
        if (answer.sdp === answered) continue;
        answered = answer.sdp;
        const sdp = await this.options.through?.answer(answer.sdp) ?? answer.sdp;
        await this.connection.setRemoteDescription({ ...answer, sdp });
        for (const payload of early.splice(0)) await this.#addCandidate(payload);
      } else if (event.type === "candidate") {
        if (answered === "") early.push(event.payload);
        else await this.#addCandidate(event.payload);
      } else if (event.type === "bye") {
        const { reason = "", detail } = event.payload === "" ? {} : JSON.parse(event.payload);
        this.byeDetail = detail;
        this.byes.push(reason);
        this.#bye.resolve(reason);
      }
    }
  }

  async #addCandidate(payload: string): Promise<void> {
    const init = JSON.parse(payload);
    this.remoteCandidates.push(init.candidate);
    if (this.options.onlyCandidates?.(init.candidate) === false) return;
    const { through } = this.options;
    const candidate = through === undefined ? init.candidate : await through.candidate(init.candidate);
    if (candidate === undefined) return;
    try {
      await this.connection.addIceCandidate({ ...init, candidate });
    } catch {
      // One that this stack cannot use.
    }
  }

  /** Ends everything; the agent is told unless `silently`. */
  async close(silently = false): Promise<void> {
    if (!silently) await this.http.post(this.sessionId, "bye", "").catch(() => {});
    this.#abort.abort();
    this.connection.close();
    await this.#events.catch(() => {});
    await this.#candidates;
  }
}

/** One data channel and the frames on it. */
export class FrameChannel {
  readonly channel: DataChannel;
  readonly #open = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #hello = Promise.withResolvers<Hello>();
  /** Every frame in order of arrival. */
  onframe: (frame: Frame) => void = () => {};
  ontext: (text: string) => void = () => {};
  readonly #readers = new Map<number, (frame: Frame) => void>();
  #nextId = 1;

  constructor(channel: DataChannel) {
    this.channel = channel;
    channel.onopen = () => this.#open.resolve();
    channel.onclose = () => this.#closed.resolve();
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") return this.ontext(data);
      const frame = decodeFrame(new Uint8Array(data));
      if (frame.type === "HELLO") this.#hello.resolve(frame);
      this.onframe(frame);
      this.#readers.get(frame.streamId)?.(frame);
    };
  }

  get opened(): Promise<void> {
    return this.#open.promise;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get hello(): Promise<Hello> {
    return this.#hello.promise;
  }

  nextId(): number {
    return this.#nextId++;
  }

  send(message: Uint8Array<ArrayBuffer> | string): void {
    this.channel.send(message);
  }

  cancel(streamId: number): void {
    this.#readers.delete(streamId);
    this.send(encodeBare("CANCEL", streamId));
  }

  /** Asks for a range and hands its bytes to `take` as they come. */
  read(
    offset: number | bigint,
    length: number | bigint,
    take: (data: Uint8Array) => void = () => {},
    streamId = this.nextId(),
  ): Promise<Received> {
    const done = Promise.withResolvers<Received>();
    let bytes = 0;
    let last = false;
    const chunks: number[] = [];
    this.#readers.set(streamId, (frame) => {
      if (frame.type === "RANGE_DATA") {
        bytes += frame.data.byteLength;
        if (chunks.length < 100_000) chunks.push(frame.data.byteLength);
        last = frame.last;
        take(frame.data);
      } else if (frame.type === "RANGE_END") {
        this.#readers.delete(streamId);
        done.resolve({ status: frame.status, bytes, last, chunks });
      }
    });
    this.send(encodeRangeReq(streamId, BigInt(offset), BigInt(length)));
    return done.promise;
  }

  /** The bytes of a range that is expected to succeed. */
  async bytes(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const { status, bytes } = await this.read(offset, length, (data) => parts.push(data.slice()));
    if (status !== 0) throw new Error(`status ${status}`);
    return concat(parts, bytes);
  }
}
