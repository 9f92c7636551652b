import { Answerer, type IceServer } from "../rtc/answerer.ts";
import type { ByteChannel } from "../rtc/byte_channel.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";
import type { ByeReason } from "../signal/envelope.ts";
import { FILE_LABEL_PREFIX, LIBRARY_LABEL } from "../signal/library_api.ts";
import { SignalLink } from "../signal/link.ts";
import type { LinkSettings } from "../signal/settings.ts";
import type { Scope } from "../trust/scope.ts";
import { encodeRangeEnd, Status } from "../wire/mod.ts";
import type { Authenticator } from "./authenticator.ts";
import { Authorisation } from "./authorisation.ts";
import { FileChannel } from "./file_channel.ts";
import { LibraryChannel } from "./library_channel.ts";
import { log, short } from "./log.ts";
import { Negotiation } from "./negotiation.ts";
import type { PumpEvents } from "./pump.ts";
import { SessionContent } from "./session_content.ts";
import { DEFAULT_LIMITS, type SessionEvent, type SessionLimits, SessionMachine } from "./session_machine.ts";
import { SessionReport } from "./session_report.ts";
import { type OpenedFile, type Share, ShareError } from "./share.ts";

/** Channels that a library session may have open; each file holds a handle and its read-ahead. */
const MAX_CHANNELS = 16;

/** A viewer that asks for files that are not to be had is not to fill the log. */
const MAX_REFUSALS_LOGGED = 8;

/** How long a `bye` is waited for, in milliseconds. */
const BYE_MS = 1_000;

/** What all sessions of a box have in common. */
export interface SessionOptions {
  readonly share: Share;
  /** The relay's address, without a slash at the end; that of a session which names its own goes before it. */
  readonly base: string;
  readonly token: string;
  readonly version: string;
  readonly iceServers: readonly IceServer[];
  /** Addresses to offer as host candidates; the machine's own where it is left out. */
  readonly addresses?: readonly string[];
  readonly limits?: Partial<SessionLimits>;
  readonly link?: Partial<LinkSettings>;
}

/** Something that runs on a channel of the session. */
interface Served {
  stop(): void;
  pause?(): void;
  resume?(): void;
}

/**
 * One dispatched session: one viewer, one connection; one file, or the library and the files that the
 * viewer opens from it. Drives the {@link SessionMachine} and does what its states ask for.
 */
export class Session {
  readonly id: string;
  readonly #content: SessionContent;
  readonly #machine: SessionMachine;
  readonly #link: SignalLink;
  readonly #answerer: Answerer;
  readonly #authorisation: Authorisation;
  readonly #negotiation: Negotiation;
  readonly #served = new Map<ByteChannel, Served>();
  readonly #loads = new Map<ByteChannel, number>();
  readonly #done = Promise.withResolvers<void>();
  readonly #report: SessionReport;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #opening = 0;
  #refused = 0;

  constructor(dispatched: DispatchedSession, options: SessionOptions, authenticator: Authenticator) {
    this.id = dispatched.sessionId;
    this.#content = new SessionContent(options.share, dispatched.filePath ?? "");
    this.#report = new SessionReport(this.id);
    this.#machine = new SessionMachine(
      { ...DEFAULT_LIMITS, ...options.limits },
      this.#content.single,
      performance.now(),
    );
    this.#link = new SignalLink({
      base: dispatched.base ?? options.base,
      token: options.token,
      sessionId: this.id,
      role: "agent",
      headers: { "user-agent": `unarr/${options.version}` },
      ...(options.link === undefined ? {} : { settings: options.link }),
      log: (message) => log.debug("{session} {message}", { session: short(this.id), message }),
    });
    this.#answerer = new Answerer({
      iceServers: options.iceServers,
      ...(options.addresses === undefined ? {} : { addresses: options.addresses }),
      log: (message) => log.debug("{session} {message}", { session: short(this.id), message }),
    });
    this.#authorisation = new Authorisation(authenticator, this.id);
    this.#authorisation.onover = ({ failure }) => this.#handle({ type: "not-authorised", failure });
    this.#negotiation = new Negotiation(this.#link, this.#answerer, this.#authorisation, {
      emit: (event) => this.#handle(event),
      authorised: (scope) => this.#authorised(scope),
    });
    this.#link.onfailure = (failure) => {
      log.debug("{session} signalling: {message}", { session: short(this.id), message: failure.message });
      this.#handle({ type: "signalling-failed" });
    };
    this.#answerer.onstatechange = (state) => this.#connectionChanged(state);
    this.#answerer.onchannel = (channel) => this.#channelOpened(channel);
  }

  /** Resolves when the session is CLOSED. */
  get closed(): Promise<void> {
    return this.#done.promise;
  }

  /** Bytes of files sent, in the ranges that are over. */
  get sent(): number {
    return this.#report.sent;
  }

  /** Bytes that wait in the send buffers of its channels. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const channel of this.#served.keys()) bytes += channel.bufferedAmount;
    return bytes;
  }

  /** Why it ended; null where the viewer left, and before the end. */
  get reason(): ByeReason | null {
    return this.#machine.ending?.reason ?? null;
  }

  /** An offer has been believed for its proof. */
  set onproven(onproven: () => void) {
    this.#authorisation.onproven = onproven;
  }

  /** What grants are worth has changed. */
  checkGrant(): void {
    this.#authorisation.check();
  }

  /** Begins with CHECKING. */
  start(): void {
    this.#arm();
    void this.#check();
  }

  /** Ends the session from outside. */
  end(event: Extract<SessionEvent, { type: "shutdown" | "bye" }>): void {
    this.#handle(event);
  }

  /** Refuses the session before it began. */
  refuse(reason: ByeReason): void {
    this.#handle({ type: "refused", reason });
  }

  async #check(): Promise<void> {
    try {
      // Before the proof nobody is told anything, not even by the time that it takes to look.
      if (!this.#authorisation.proofRequired) await this.#prepare();
      if (this.#machine.state !== "CHECKING") return;
      this.#handle({ type: "checked" });
      this.#link.start();
    } catch (error) {
      if (error instanceof ShareError) this.#handle({ type: "refused", reason: error.reason });
      else this.#exception(error);
    }
  }

  async #authorised(scope: Scope): Promise<void> {
    this.#content.restrict(scope);
    await this.#prepare();
  }

  /** @throws {ShareError} */
  async #prepare(): Promise<void> {
    await this.#content.prepare();
    if (this.#live) this.#report.start(this.#content.name);
  }

  #connectionChanged(state: Answerer["state"]): void {
    switch (state) {
      case "connected":
        this.#handle({ type: "connected" });
        break;
      case "disconnected":
        this.#handle({ type: "disconnected" });
        break;
      case "failed":
        this.#handle({ type: "connection-failed" });
        break;
      case "closed":
        this.#handle({ type: "connection-closed" });
    }
  }

  #channelOpened(channel: ByteChannel): void {
    if (!this.#takes(channel)) return channel.close();
    if (this.#machine.state === "CONNECTING") this.#announceOpen();
    channel.onclose = () => this.#channelClosed(channel);
    if (this.#content.single) {
      this.#serveFile(channel, this.#content.take());
    } else if (channel.label === LIBRARY_LABEL) {
      this.#served.set(
        channel,
        new LibraryChannel(channel, this.#content.library, {
          frame: () => this.#handle({ type: "frame" }),
          malformed: (kind, size) => this.#malformed(kind, size, true),
        }),
      );
    } else {
      void this.#openFileChannel(channel);
    }
    this.#handle({ type: "channels", count: this.#served.size + this.#opening });
  }

  /** Whether a channel is served: in order and reliable, the first of a file or known to the library. */
  #takes(channel: ByteChannel): boolean {
    if (!channel.inOrder || !["CONNECTING", "OPEN", "INTERRUPTED"].includes(this.#machine.state)) {
      return false;
    }
    if (this.#content.single) return this.#content.waits;
    if (this.#served.size + this.#opening >= MAX_CHANNELS) return false;
    return channel.label === LIBRARY_LABEL || channel.label.startsWith(FILE_LABEL_PREFIX);
  }

  #announceOpen(): void {
    this.#report.open(this.#answerer.selectedPair);
    this.#link.established();
    this.#handle({ type: "channel-open" });
  }

  async #openFileChannel(channel: ByteChannel): Promise<void> {
    this.#opening++;
    try {
      const file = await this.#content.openFile(channel.label.slice(FILE_LABEL_PREFIX.length));
      if (channel.closed || !this.#live) return file.handle.close();
      this.#serveFile(channel, file);
    } catch (error) {
      if (!(error instanceof ShareError)) return this.#exception(error);
      if (++this.#refused <= MAX_REFUSALS_LOGGED) {
        log.warn("{session} refused a file: {reason}", { session: short(this.id), reason: error.reason });
      }
      if (!channel.closed) channel.send(encodeRangeEnd(0, Status.OUT_OF_RANGE));
      channel.close();
    } finally {
      this.#opening--;
      this.#handle({ type: "channels", count: this.#served.size + this.#opening });
    }
  }

  #serveFile(channel: ByteChannel, file: OpenedFile): void {
    const served = new FileChannel(channel, file, this.#pumpEvents(channel), () => {
      log.info("{session} {name} changed while it is served", { session: short(this.id), name: file.name });
    });
    this.#served.set(channel, served);
    if (this.#machine.state === "INTERRUPTED") served.pause();
    served.start();
  }

  #pumpEvents(channel: ByteChannel): PumpEvents {
    return {
      frame: () => this.#handle({ type: "frame" }),
      malformed: (kind, size, counted) => this.#malformed(kind, size, counted),
      duplicate: (streamId) =>
        log.warn("{session} duplicate id {streamId}", { session: short(this.id), streamId }),
      stalled: () => this.#handle({ type: "stalled" }),
      overloaded: () => this.#handle({ type: "overloaded" }),
      broken: () => this.#handle({ type: "connection-failed" }),
      load: (responses) => {
        this.#loads.set(channel, responses);
        let all = 0;
        for (const load of this.#loads.values()) all += load;
        this.#handle({ type: "load", responses: all });
      },
      range: (response, status, sent) => {
        this.#report.range(response, status, sent);
      },
    };
  }

  #malformed(kind: string, size: number, counted: boolean): void {
    this.#report.malformed(kind, size, this.#machine.malformed);
    if (counted) this.#handle({ type: "malformed" });
  }

  #channelClosed(channel: ByteChannel): void {
    this.#served.get(channel)?.stop();
    this.#served.delete(channel);
    this.#loads.delete(channel);
    this.#handle({ type: "channels", count: this.#served.size + this.#opening });
  }

  get #live(): boolean {
    return this.#machine.state !== "CLOSING" && this.#machine.state !== "CLOSED";
  }

  #exception(error: unknown): void {
    log.error("{session} unexpected: {error}", {
      session: short(this.id),
      error: error instanceof Error ? error.stack ?? error.message : String(error),
    });
    this.#handle({ type: "exception" });
  }

  #handle(event: SessionEvent): void {
    this.#step(() => this.#machine.handle(event, performance.now()));
    if (event.type === "answered") this.#report.answered();
  }

  #step(change: () => void): void {
    const before = this.#machine.state;
    change();
    const after = this.#machine.state;
    this.#arm();
    if (before === after) return;
    log.debug("{session} {before} to {after}", { session: short(this.id), before, after });
    if (after === "INTERRUPTED") { for (const served of this.#served.values()) served.pause?.(); }
    if (before === "INTERRUPTED" && after === "OPEN") {
      for (const served of this.#served.values()) served.resume?.();
    }
    if (after === "CLOSING") void this.#close();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const deadline = this.#machine.deadline;
    if (deadline === undefined) return;
    // Never sooner than the deadline, or a tick would find nothing due.
    const ms = Math.max(0, Math.ceil(deadline - performance.now())) + 1;
    this.#timer = setTimeout(() => this.#step(() => this.#machine.tick(performance.now())), ms);
  }

  /** `lifecycle.md` section 6: every step is done, whatever the one before it did. */
  async #close(): Promise<void> {
    const { reason, detail } = this.#machine.ending!;
    this.#authorisation.close();
    for (const served of this.#served.values()) attempt(() => served.stop());
    if (reason === null) this.#link.close();
    else await this.#link.bye(JSON.stringify({ reason, detail }), BYE_MS).catch(() => {});
    for (const channel of this.#served.keys()) attempt(() => channel.close());
    await this.#answerer.close().catch(() => {});
    this.#negotiation.close();
    this.#served.clear();
    attempt(() => this.#content.close());
    this.#report.end(this.#machine.ending!, this.#machine.malformed);
    this.#handle({ type: "closed" });
    this.#done.resolve();
  }
}

function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    log.error("closing: {error}", { error: String(error) });
  }
}
