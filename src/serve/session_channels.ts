import type { ByteChannel } from "../rtc/byte_channel.ts";
import { FILE_LABEL_PREFIX, LIBRARY_LABEL } from "../signal/library_api.ts";
import { encodeRangeEnd, Status } from "../wire/mod.ts";
import { FileChannel } from "./file_channel.ts";
import { LibraryChannel } from "./library_channel.ts";
import type { PumpEvents } from "./pump.ts";
import type { SessionContent } from "./session_content.ts";
import type { SessionEvent, SessionState } from "./session_machine.ts";
import type { SessionReport } from "./session_report.ts";
import { type OpenedFile, ShareError } from "./share.ts";

/** Channels that a library session may have open; each file holds a handle and its read-ahead. */
const MAX_CHANNELS = 16;

/** Something that runs on a channel of the session. */
interface Served {
  stop(): void;
  pause?(): void;
  resume?(): void;
}

/** The session that the channels belong to. */
export interface ChannelsOwner {
  state(): SessionState;
  /** Malformed messages so far. */
  malformed(): number;
  emit(event: SessionEvent): void;
  /** Something happened that nobody foresaw. */
  exception(error: unknown): void;
}

/** The data channels of one session: which are taken, and what is served on each. */
export class SessionChannels {
  readonly #content: SessionContent;
  readonly #report: SessionReport;
  readonly #owner: ChannelsOwner;
  readonly #served = new Map<ByteChannel, Served>();
  readonly #loads = new Map<ByteChannel, number>();
  #opening = 0;

  constructor(content: SessionContent, report: SessionReport, owner: ChannelsOwner) {
    this.#content = content;
    this.#report = report;
    this.#owner = owner;
  }

  /** Bytes that wait in the send buffers. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const channel of this.#served.keys()) bytes += channel.bufferedAmount;
    return bytes;
  }

  /** Whether a channel is served: in order and reliable, the first of a file or known to the library. */
  takes(channel: ByteChannel): boolean {
    if (!channel.inOrder || !["CONNECTING", "OPEN", "INTERRUPTED"].includes(this.#owner.state())) {
      return false;
    }
    if (this.#content.single) return this.#content.waits;
    if (this.#count >= MAX_CHANNELS) return false;
    return channel.label === LIBRARY_LABEL || channel.label.startsWith(FILE_LABEL_PREFIX);
  }

  /** Serves one that is taken. */
  serve(channel: ByteChannel): void {
    channel.onclose = () => this.#closed(channel);
    if (this.#content.single) {
      this.#serveFile(channel, this.#content.take());
    } else if (channel.label === LIBRARY_LABEL) {
      this.#served.set(
        channel,
        new LibraryChannel(channel, this.#content.library, {
          frame: () => this.#owner.emit({ type: "frame" }),
          malformed: (kind, size) => this.#malformed(kind, size, true),
        }),
      );
    } else {
      void this.#openFile(channel);
    }
    this.#tellCount();
  }

  /** Holds back what is sent: the connection is interrupted. */
  pause(): void {
    for (const served of this.#served.values()) served.pause?.();
  }

  resume(): void {
    for (const served of this.#served.values()) served.resume?.();
  }

  /** Ends what is served, each by an `attempt` of its own. */
  stop(attempt: (step: () => void) => void): void {
    for (const served of this.#served.values()) attempt(() => served.stop());
  }

  /** Closes the channels, each by an `attempt` of its own. */
  close(attempt: (step: () => void) => void): void {
    for (const channel of this.#served.keys()) attempt(() => channel.close());
    this.#served.clear();
  }

  get #count(): number {
    return this.#served.size + this.#opening;
  }

  #tellCount(): void {
    this.#owner.emit({ type: "channels", count: this.#count });
  }

  async #openFile(channel: ByteChannel): Promise<void> {
    this.#opening++;
    try {
      const file = await this.#content.openFile(channel.label.slice(FILE_LABEL_PREFIX.length));
      const state = this.#owner.state();
      if (channel.closed || state === "CLOSING" || state === "CLOSED") return file.handle.close();
      this.#serveFile(channel, file);
    } catch (error) {
      if (!(error instanceof ShareError)) return this.#owner.exception(error);
      this.#report.refused(error.reason);
      if (!channel.closed) channel.send(encodeRangeEnd(0, Status.OUT_OF_RANGE));
      channel.close();
    } finally {
      this.#opening--;
      this.#tellCount();
    }
  }

  #serveFile(channel: ByteChannel, file: OpenedFile): void {
    const served = new FileChannel(
      channel,
      file,
      this.#pumpEvents(channel),
      () => this.#report.changed(file.name),
    );
    this.#served.set(channel, served);
    if (this.#owner.state() === "INTERRUPTED") served.pause();
    served.start();
  }

  #pumpEvents(channel: ByteChannel): PumpEvents {
    const { emit } = this.#owner;
    return {
      frame: () => emit({ type: "frame" }),
      malformed: (kind, size, counted) => this.#malformed(kind, size, counted),
      duplicate: (streamId) => this.#report.duplicate(streamId),
      stalled: () => emit({ type: "stalled" }),
      overloaded: () => emit({ type: "overloaded" }),
      broken: () => emit({ type: "connection-failed" }),
      load: (responses) => {
        this.#loads.set(channel, responses);
        let all = 0;
        for (const load of this.#loads.values()) all += load;
        emit({ type: "load", responses: all });
      },
      range: (response, status, sent) => this.#report.range(response, status, sent),
    };
  }

  #malformed(kind: string, size: number, counted: boolean): void {
    this.#report.malformed(kind, size, this.#owner.malformed());
    if (counted) this.#owner.emit({ type: "malformed" });
  }

  #closed(channel: ByteChannel): void {
    this.#served.get(channel)?.stop();
    this.#served.delete(channel);
    this.#loads.delete(channel);
    this.#tellCount();
  }
}
