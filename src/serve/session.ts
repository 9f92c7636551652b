import { Answerer, type IceServer } from "../rtc/answerer.ts";
import type { ByteChannel } from "../rtc/byte_channel.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";
import type { ByeReason } from "../signal/envelope.ts";
import { SignalLink } from "../signal/link.ts";
import type { LinkSettings } from "../signal/settings.ts";
import type { Scope } from "../trust/scope.ts";
import type { Authenticator } from "./authenticator.ts";
import { Authorisation } from "./authorisation.ts";
import { log, short } from "./log.ts";
import { Negotiation } from "./negotiation.ts";
import { SessionChannels } from "./session_channels.ts";
import { SessionContent } from "./session_content.ts";
import { DEFAULT_LIMITS, type SessionEvent, type SessionLimits, SessionMachine } from "./session_machine.ts";
import { SessionReport } from "./session_report.ts";
import { sessionIceServers } from "./session_ice_servers.ts";
import { type Share, ShareError } from "./share.ts";

/** How long a `bye` is waited for, in milliseconds. */
const BYE_MS = 1_000;

/** What all sessions of a box have in common. */
export interface SessionOptions {
  readonly share: Share;
  /** The relay's address, without a slash at the end; that of a session which names its own goes before it. */
  readonly base: string;
  readonly token: string;
  readonly version: string;
  /** The box's own; a session may bring more. */
  readonly iceServers: readonly IceServer[];
  /** Addresses to offer as host candidates; the machine's own where it is left out. */
  readonly addresses?: readonly string[];
  readonly limits?: Partial<SessionLimits>;
  readonly link?: Partial<LinkSettings>;
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
  readonly #channels: SessionChannels;
  readonly #done = Promise.withResolvers<void>();
  readonly #report: SessionReport;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
      iceServers: sessionIceServers(options.iceServers, dispatched),
      ...(options.addresses === undefined ? {} : { addresses: options.addresses }),
      log: (message) => log.debug("{session} {message}", { session: short(this.id), message }),
    });
    this.#authorisation = new Authorisation(authenticator, this.id);
    this.#authorisation.onover = ({ failure }) => this.#handle({ type: "not-authorised", failure });
    this.#negotiation = new Negotiation(this.#link, this.#answerer, this.#authorisation, {
      emit: (event) => this.#handle(event),
      authorised: (scope) => this.#authorised(scope),
    });
    this.#channels = new SessionChannels(this.#content, this.#report, {
      state: () => this.#machine.state,
      malformed: () => this.#machine.malformed,
      emit: (event) => this.#handle(event),
      exception: (error) => this.#exception(error),
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
    return this.#channels.bufferedBytes;
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
    if (!this.#channels.takes(channel)) return channel.close();
    if (this.#machine.state === "CONNECTING") this.#announceOpen();
    this.#channels.serve(channel);
  }

  #announceOpen(): void {
    this.#report.open(this.#answerer.selectedPair);
    this.#link.established();
    this.#handle({ type: "channel-open" });
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
    if (after === "INTERRUPTED") this.#channels.pause();
    if (before === "INTERRUPTED" && after === "OPEN") this.#channels.resume();
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
    this.#channels.stop(attempt);
    if (reason === null) this.#link.close();
    else await this.#link.bye(JSON.stringify({ reason, detail }), BYE_MS).catch(() => {});
    this.#channels.close(attempt);
    await this.#answerer.close().catch(() => {});
    this.#negotiation.close();
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
