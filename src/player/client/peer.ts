/// <reference lib="dom" />
import { CandidatePayload, DescriptionPayload, type Envelope, parsePayload } from "../../signal/envelope.ts";
import type { SignalLink } from "../../signal/link.ts";
import { byeError } from "./bye.ts";
import { PlayerError, toPlayerError } from "./errors.ts";
import { lost, noWay, signallingError } from "./peer_errors.ts";
import type { PeerSettings } from "./peer_settings.ts";
import { Recovery } from "./recovery.ts";
import type { Sightings } from "./sights.ts";
import { readStats, type Stats } from "./stats.ts";
import { codeWord, type Trace } from "./trace.ts";
import type { TrustedExchange } from "./trusted_exchange.ts";

/** Between two looks at the checks of a connection that is being made, in milliseconds. */
const CHECKS_MS = 1_000;

/** Own and remote candidates kept until they can be used. */
const MAX_EARLY = 64;

export interface PeerEvents {
  /** The agent has answered; the two sides look for a way to each other. */
  onAnswer(): void;
  onOpen(): void;
  onInterrupted(): void;
  /** The interruption lasts, and a restart has not helped. */
  onDoubt(): void;
  /** Called once, last. */
  onClosed(error: PlayerError): void;
}

export interface PeerOptions {
  readonly settings: PeerSettings;
  /** Of the ICE servers that `connection` uses. */
  readonly sightings: Sightings;
  readonly trace: Trace;
  /** The relay's name for the session, which offers and answers are bound to. */
  readonly sessionId: string;
  readonly trust: TrustedExchange;
}

/** The peer connection with its signalling: an offer, an answer, candidates, restarts, and an end. */
export class Peer {
  readonly connection: RTCPeerConnection;
  /** The first data channel. It carries the session: when it closes, the session is over. */
  readonly channel: RTCDataChannel;

  readonly #link: SignalLink;
  readonly #events: PeerEvents;
  readonly #settings: PeerSettings;
  readonly #trace: Trace;
  readonly #sightings: Sightings;
  readonly #recovery: Recovery;
  readonly #sessionId: string;
  readonly #trust: TrustedExchange;
  /** The agent's candidates that came before its answer. */
  readonly #early: RTCIceCandidateInit[] = [];
  /** Own candidates that came before the offer was sent; null stands for the end. */
  #unsent: (RTCIceCandidate | null)[] | undefined = [];
  /** The latest offer. */
  #offered = "";
  /** The latest answer that was applied. */
  #answer = "";
  #awaitingAnswer = true;
  #opened = false;
  #closed = false;
  #states = "";
  #work: Promise<void> = Promise.resolve();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    connection: RTCPeerConnection,
    label: string,
    link: SignalLink,
    events: PeerEvents,
    { settings, sightings, trace, sessionId, trust }: PeerOptions,
  ) {
    this.connection = connection;
    this.#link = link;
    this.#events = events;
    this.#settings = settings;
    this.#trace = trace;
    this.#sightings = sightings;
    this.#sessionId = sessionId;
    this.#trust = trust;
    this.#recovery = new Recovery(settings, {
      restart: () => this.#restart(),
      doubt: () => events.onDoubt(),
      giveUp: () => this.close(lost()),
    });
    // Before the offer, which would have no section for data otherwise.
    this.channel = connection.createDataChannel(label);
    this.channel.onopen = () => this.#open();
    this.channel.onclose = () => this.#channelClosed();
    connection.onicecandidate = (event) => this.#sendCandidate(event.candidate);
    connection.onconnectionstatechange = () => this.#connectionChanged();
    // Some engines report an interruption only here.
    connection.oniceconnectionstatechange = () => this.#connectionChanged();
    link.onmessage = (envelope) => this.#receive(envelope);
    link.onfailure = (failure) => this.close(signallingError(failure));
  }

  /** Makes and sends the offer. What follows is told by the events. */
  async start(): Promise<void> {
    this.#link.start();
    this.#after(this.#settings.answerTimeoutMs, () => {
      if (!this.#sightings.answered) void this.#findNoWay();
    });
    this.#after(this.#settings.connectTimeoutMs, () => {
      if (!this.#opened) void this.#findNoWay();
    });
    this.#watchChecks();
    try {
      await this.#offer();
    } catch (cause) {
      this.close(
        new PlayerError("webrtc-missing", "WebRTC is switched off in this browser.", {
          reason: "no-offer",
          cause,
        }),
      );
    }
  }

  /** What the connection's statistics say; undefined where there are none to be had. */
  async stats(): Promise<Stats | undefined> {
    try {
      return readStats(await this.connection.getStats() as unknown as Iterable<[string, unknown]>);
    } catch {
      return undefined;
    }
  }

  /** The box does not answer, whatever ICE says. */
  silent(): void {
    if (this.#closed || !this.#opened) return;
    this.#trace("silent");
    this.#interrupt(true);
  }

  /** The box is heard again. */
  heard(): void {
    if (this.#recovery.active) this.#restored();
  }

  /** An interruption is not to be waited out: the network may be back. */
  hurry(): void {
    this.#recovery.hurry();
  }

  /** Ends the connection and says so to the agent; `error` goes to {@link PeerEvents.onClosed}. */
  close(error: PlayerError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#trace("closed", codeWord(error.reason) ?? error.type);
    this.#recovery.end();
    for (const timer of this.#timers) clearTimeout(timer);
    this.channel.onopen = this.channel.onclose = null;
    const { connection } = this;
    connection.onicecandidate = connection.onconnectionstatechange = null;
    connection.oniceconnectionstatechange = null;
    void this.#link.bye("");
    connection.close();
    this.#events.onClosed(error);
  }

  async #offer(options: RTCOfferOptions = {}): Promise<void> {
    this.#unsent ??= [];
    const offer = await this.connection.createOffer(options);
    if (this.#closed) return;
    await this.connection.setLocalDescription(offer);
    if (this.#closed) return;
    const { type, sdp = "" } = this.connection.localDescription ?? offer;
    this.#offered = sdp;
    const proof = this.#trust.prove(this.#sessionId, sdp, Date.now());
    this.#link.send("offer", JSON.stringify({ type, sdp, proof }));
    this.#trace("offer-sent");
    const unsent = this.#unsent ?? [];
    this.#unsent = undefined;
    for (const candidate of unsent) this.#sendCandidate(candidate);
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#unsent) return void (this.#unsent.length < MAX_EARLY && this.#unsent.push(candidate));
    if (!candidate) return this.#link.send("candidate-end", "");
    // An empty candidate ends a generation; the null that follows says the same.
    if (candidate.candidate === "") return;
    const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment = null } = candidate;
    this.#trace("own-candidate", this.#sightings.own(text));
    const payload = { candidate: text, sdpMid, sdpMLineIndex, usernameFragment };
    this.#link.send("candidate", JSON.stringify(payload));
  }

  /** One message after the other: a candidate must not overtake the answer it belongs to. */
  #receive(envelope: Envelope): void {
    if (envelope.type === "bye") return this.close(byeError(envelope.payload));
    this.#work = this.#work.then(() => this.#handle(envelope)).catch(() => {});
  }

  async #handle({ type, payload }: Envelope): Promise<void> {
    if (this.#closed) return;
    if (type === "answer") return await this.#applyAnswer(payload);
    if (type !== "candidate") return;
    const candidate = parsePayload(CandidatePayload, payload);
    if (!candidate || candidate.candidate === "") return;
    this.#trace("box-candidate", this.#sightings.box(candidate.candidate));
    const init = {
      candidate: candidate.candidate.replace(/^a=/, ""),
      // Some agents leave the mid empty; the index says enough.
      sdpMid: candidate.sdpMid || null,
      sdpMLineIndex: candidate.sdpMLineIndex ?? 0,
    };
    if (!this.#awaitingAnswer) await this.#addCandidate(init);
    else if (this.#early.length < MAX_EARLY) this.#early.push(init);
  }

  async #applyAnswer(payload: string): Promise<void> {
    const description = parsePayload(DescriptionPayload, payload);
    if (description?.type !== "answer") return;
    // A repeated answer belongs to the offer before.
    if (!this.#awaitingAnswer || description.sdp === this.#answer) return;
    this.#trace("answer-received");
    if (!await this.#isTrusted(description)) return;
    this.#sightings.answered = true;
    // Before it is applied: on a fast network the channel is open by the time that is done.
    if (!this.#opened) this.#events.onAnswer();
    try {
      await this.connection.setRemoteDescription({ type: "answer", sdp: description.sdp });
    } catch (cause) {
      if (this.#opened || this.#closed) return;
      return this.close(new PlayerError("protocol", "The box's answer cannot be used.", { cause }));
    }
    this.#answer = description.sdp;
    this.#awaitingAnswer = false;
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
  }

  /** Whether an answer may be applied. One that may not ends what has not been open yet. */
  async #isTrusted({ sdp, identity }: { sdp: string; identity?: unknown }): Promise<boolean> {
    const offer = this.#offered;
    try {
      await this.#trust.verify({ sessionId: this.#sessionId, offer, answer: sdp }, identity, Date.now());
      return !this.#closed && offer === this.#offered;
    } catch (cause) {
      const error = toPlayerError(cause, "not-trusted");
      this.#trace("answer-refused", codeWord(error.reason));
      // What is open is the box's. This may be its answer to an offer before, or a stranger's: nothing is lost.
      if (!this.#opened) this.close(error);
      return false;
    }
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch {
      // One address that cannot be used, of several.
    }
  }

  #open(): void {
    if (this.#opened || this.#closed) return;
    this.#opened = true;
    this.#link.established();
    this.#trace("channel-open");
    this.#events.onOpen();
  }

  /** Counts the checks now and then, until the channel is open. */
  #watchChecks(): void {
    this.#after(CHECKS_MS, () => {
      if (this.#opened) return;
      void this.stats().then((stats) => this.#sightings.look(stats));
      this.#watchChecks();
    });
  }

  async #findNoWay(): Promise<void> {
    this.#sightings.look(await this.stats());
    this.close(noWay(this.#sightings.sights));
  }

  #connectionChanged(): void {
    if (this.#closed) return;
    const ice = this.connection.iceConnectionState;
    const state = this.connection.connectionState ?? ice;
    this.#traceStates(ice, state);
    if (state === "failed" || ice === "failed") {
      if (this.#opened) this.#interrupt(true);
      else void this.#findNoWay();
    } else if (state === "disconnected" || ice === "disconnected") {
      if (this.#opened) this.#interrupt(false);
    } else if (state === "closed") {
      this.#channelClosed();
    } else if (this.#recovery.active && (ice === "connected" || ice === "completed")) {
      this.#restored();
    }
  }

  /** Two events tell of one change. */
  #traceStates(ice: RTCIceConnectionState, state: RTCPeerConnectionState | RTCIceConnectionState): void {
    const [iceBefore, stateBefore] = this.#states.split(" ");
    this.#states = `${ice} ${state}`;
    if (ice !== iceBefore) this.#trace("ice-state", ice);
    if (state !== stateBefore) this.#trace("connection-state", state);
  }

  #interrupt(atOnce: boolean): void {
    if (this.#recovery.active) return atOnce ? this.#recovery.hurry() : undefined;
    this.#trace("interrupted");
    this.#recovery.begin(atOnce);
    this.#events.onInterrupted();
  }

  #restart(): void {
    this.#trace("ice-restart");
    this.#awaitingAnswer = true;
    // An engine or an agent that cannot restart runs into the limits of the recovery.
    this.#offer({ iceRestart: true }).catch(() => {});
  }

  #restored(): void {
    this.#recovery.end();
    this.#trace("restored");
    this.#events.onOpen();
  }

  #channelClosed(): void {
    // The agent posts its reason before it closes the channel, but the relay may be slower.
    this.#after(this.#settings.byeGraceMs, () => this.close(lost()));
  }

  #after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) then();
    }, ms);
    this.#timers.add(timer);
  }
}
