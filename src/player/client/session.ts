/// <reference lib="dom" />
import { FILE_LABEL_PREFIX } from "../../signal/library_api.ts";
import type { ListPage, SearchPage } from "../../signal/library_entries.ts";
import { aborted, PlayerError } from "./errors.ts";
import { FileChannel } from "./file_channel.ts";
import { Library } from "./library.ts";
import { channelDetails, type ChannelNews, type ConnectionDetails, detailsOf } from "./connection_details.ts";
import type { HeartbeatSettings } from "./heartbeat.ts";
import { type PathInfo, pathOf } from "./path_info.ts";
import { Pulse } from "./pulse.ts";
import { RemoteFile } from "./remote_file.ts";
import type { Stats } from "./stats.ts";
import type { Trace } from "./trace.ts";
import { encodeBare } from "../../wire/mod.ts";

/** The connection below a session. */
export interface SessionPeer {
  readonly connection: RTCPeerConnection;
  /** Carries the session: when it closes, the session is over. */
  readonly channel: RTCDataChannel;
  stats(): Promise<Stats | undefined>;
  /** Nothing is heard of the box, though it was asked. */
  silent(): void;
  /** It is heard again. */
  heard(): void;
  /** Does at once what is done about an interruption. */
  hurry(): void;
  close(reason: PlayerError): void;
}

/** `interrupted` may become `open` again by itself; `closed` is the end. */
export type SessionState = "open" | "interrupted" | "closed";

/**
 * A connection to a box. Fires `statechange` when {@link Session.state} changes, and `doubt` when an interruption
 * lasts so long that another connection is worth a try beside it.
 *
 * Calls reject with a {@link PlayerError}; when the session ends, all that is pending rejects with the
 * reason of the end.
 */
export class Session extends EventTarget {
  readonly sessionId: string;
  readonly agentId: string;
  /** Resolves when the session is over, with the reason. */
  readonly closed: Promise<PlayerError>;

  readonly #peer: SessionPeer;
  readonly #library: Library | undefined;
  readonly #first: FileChannel | undefined;
  readonly #channels = new Set<FileChannel>();
  readonly #raw = new Set<RTCDataChannel>();
  readonly #pulse: Pulse;
  readonly #trace: Trace;
  #state: SessionState = "open";
  #error: PlayerError | undefined;
  #received = 0;
  #elsewhere: ChannelNews = { received: 0, greeted: 0, expects: false, channels: [] };
  #resolveClosed!: (error: PlayerError) => void;

  /** Made by {@link connect}, before the channel opens, so that nothing the box sends first is missed. */
  constructor(
    ids: { sessionId: string; agentId: string },
    peer: SessionPeer,
    kind: "library" | "file",
    { trace, heartbeat }: { trace: Trace; heartbeat: Partial<HeartbeatSettings> },
  ) {
    super();
    this.#trace = trace;
    this.#pulse = new Pulse({
      expects: () => this.#elsewhere.expects || [...this.#channels].some((channel) => channel.expects),
      ping: () => this.#ping(),
      silent: () => peer.silent(),
      heard: () => peer.heard(),
    }, heartbeat);
    this.sessionId = ids.sessionId;
    this.agentId = ids.agentId;
    this.#peer = peer;
    this.closed = new Promise((resolve) => this.#resolveClosed = resolve);
    this.#listen(peer.channel);
    if (kind === "library") this.#library = new Library(peer.channel);
    else this.#first = this.#fileChannel(peer.channel, true);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Why the session is closed. */
  get error(): PlayerError | undefined {
    return this.#error;
  }

  /** File bytes that have arrived so far, over all files. */
  get bytesReceived(): number {
    return this.#received;
  }

  /**
   * The file of a session that was connected with a `filePath`.
   *
   * @throws {PlayerError} not-found, protocol, or the session's error
   */
  file(): Promise<RemoteFile> {
    if (!this.#first) return Promise.reject(new PlayerError("not-found", "This session has no single file."));
    return RemoteFile.open(this.#first);
  }

  /**
   * One page of a directory; pass the answer's `cursor` for the next, null is the end.
   *
   * @param path inside the share, `/` between its parts, `""` for the top
   * @throws {PlayerError} not-found, read-error, busy, aborted, or the session's error
   */
  list(path: string, cursor: string | null = null, signal?: AbortSignal): Promise<ListPage> {
    return this.#needLibrary().then((library) => library.list(path, cursor, signal));
  }

  /** Files and directories that match. Throws as {@link list}. */
  search(query: string, limit = 50, signal?: AbortSignal): Promise<SearchPage> {
    return this.#needLibrary().then((library) => library.search(query, limit, signal));
  }

  /**
   * Opens a file on a channel of its own; close it when it is not needed any more.
   *
   * @throws {PlayerError} not-found, protocol, aborted, or the session's error
   */
  async open(path: string, signal?: AbortSignal): Promise<RemoteFile> {
    if (signal?.aborted) throw aborted(signal);
    const channel = this.#fileChannel(this.createChannel(path), false);
    const abort = () => channel.fail(aborted(signal));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await RemoteFile.open(channel);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * A bare data channel for a file, for those who read from it elsewhere.
   *
   * @throws {PlayerError} connection-lost, or the session's error
   */
  createChannel(path: string): RTCDataChannel {
    if (this.#error) throw this.#error;
    try {
      return this.#peer.connection.createDataChannel(FILE_LABEL_PREFIX + path);
    } catch (cause) {
      throw new PlayerError("connection-lost", "No further channel can be opened.", { cause });
    }
  }

  /** What happens on channels of {@link createChannel}. */
  noteElsewhere(news: ChannelNews): void {
    this.#elsewhere = news;
    if (news.greeted > 0) this.#trace("hello");
    if (news.greeted + news.received > 0) this.#pulse.heard();
    this.#count(news.received);
  }

  /** How the bytes travel, and the round trip. Never rejects. */
  async path(): Promise<PathInfo> {
    const stats = await this.#peer.stats();
    return stats ? pathOf(stats) : { route: "unknown" };
  }

  /** All that is known of the connection. Never rejects. */
  async details(): Promise<ConnectionDetails> {
    const channels = [...[...this.#raw].map(channelDetails), ...this.#elsewhere.channels];
    return detailsOf(this.#peer.connection, channels, await this.#peer.stats());
  }

  /** Looks at once whether the connection still stands: the network, or the machine, has just come back. */
  check(): void {
    if (this.#state === "interrupted") this.#peer.hurry();
    else this.#pulse.check();
  }

  /** Says goodbye to the box and ends the session. */
  close(reason = new PlayerError("closed", "The session was closed.")): void {
    this.#peer.close(reason);
  }

  /** @internal */
  enter(state: "open" | "interrupted"): void {
    if (state === "open") this.#pulse.start();
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  /** @internal */
  end(error: PlayerError): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#error = error;
    this.#pulse.stop();
    this.#library?.fail(error);
    for (const channel of this.#channels) channel.fail(error);
    this.#resolveClosed(error);
    this.dispatchEvent(new Event("statechange"));
  }

  #fileChannel(raw: RTCDataChannel, carriesSession: boolean): FileChannel {
    if (!carriesSession) this.#listen(raw);
    const channel = new FileChannel(raw, { onBytes: (count) => this.#count(count), carriesSession });
    this.#channels.add(channel);
    void channel.hello.then(() => this.#trace("hello"), () => {});
    void channel.closed.then(() => {
      this.#channels.delete(channel);
      this.#raw.delete(raw);
    });
    return channel;
  }

  #count(bytes: number): void {
    if (this.#received === 0 && bytes > 0) this.#trace("first-byte");
    this.#received += bytes;
  }

  #listen(raw: RTCDataChannel): void {
    this.#raw.add(raw);
    // Whatever the box sends says that it is there.
    raw.addEventListener("message", () => this.#pulse.heard());
  }

  #ping(): void {
    const { channel } = this.#peer;
    if (channel.readyState === "open") channel.send(encodeBare("PING", 0));
  }

  #needLibrary(): Promise<Library> {
    if (this.#library) return Promise.resolve(this.#library);
    return Promise.reject(new PlayerError("not-found", "This session serves a single file, no library."));
  }
}
