/// <reference lib="dom" />
import {
  byeReason,
  CandidatePayload,
  DescriptionPayload,
  type Envelope,
  parsePayload,
} from "../../signal/envelope.ts";
import type { SignalLink } from "../../signal/link.ts";
import { PlayerError, refused } from "./errors.ts";
import { lost, noWay, signallingError } from "./peer_errors.ts";

/** Times in milliseconds. */
export interface PeerSettings {
  /** From the offer to the open channel. */
  readonly connectTimeoutMs: number;
  /** ICE may recover by itself from a short silence; after this it is restarted. */
  readonly restartAfterMs: number;
  /** An interruption that lasts longer is the end of the connection. */
  readonly interruptedMs: number;
  /** A channel that closes is waited on this long for the agent's word why. */
  readonly byeGraceMs: number;
}

export const DEFAULT_PEER_SETTINGS: PeerSettings = {
  connectTimeoutMs: 30_000,
  restartAfterMs: 2_000,
  interruptedMs: 12_000,
  byeGraceMs: 750,
};

export interface PeerEvents {
  /** The agent has answered; the two sides look for a way to each other. */
  onAnswer(): void;
  onOpen(): void;
  onInterrupted(): void;
  /** Called once, last. */
  onClosed(error: PlayerError): void;
}

/** The peer connection with its signalling: an offer, an answer, candidates, restarts, and an end. */
export class Peer {
  readonly connection: RTCPeerConnection;
  /** The first data channel. It carries the session: when it closes, the session is over. */
  readonly channel: RTCDataChannel;

  readonly #link: SignalLink;
  readonly #events: PeerEvents;
  readonly #settings: PeerSettings;
  /** The agent's candidates that came before its answer. */
  readonly #early: RTCIceCandidateInit[] = [];
  /** Own candidates that came before the offer was sent; null stands for the end. */
  #unsent: (RTCIceCandidate | null)[] | undefined = [];
  #answer = "";
  #awaitingAnswer = true;
  #opened = false;
  #interrupted = false;
  /** Tells the timers of one interruption from those of the next. */
  #interruptions = 0;
  #closed = false;
  #work: Promise<void> = Promise.resolve();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    connection: RTCPeerConnection,
    label: string,
    link: SignalLink,
    events: PeerEvents,
    settings: PeerSettings = DEFAULT_PEER_SETTINGS,
  ) {
    this.connection = connection;
    this.#link = link;
    this.#events = events;
    this.#settings = settings;
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
    this.#after(this.#settings.connectTimeoutMs, () => {
      if (!this.#opened) this.close(noWay("No connection to the box came about in time."));
    });
    try {
      await this.#offer();
    } catch (cause) {
      this.close(new PlayerError("protocol", "This browser could not make a WebRTC offer.", { cause }));
    }
  }

  /** Ends the connection and says so to the agent; `error` goes to {@link PeerEvents.onClosed}. */
  close(error: PlayerError): void {
    if (this.#closed) return;
    this.#closed = true;
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
    const { type, sdp } = this.connection.localDescription ?? offer;
    this.#link.send("offer", JSON.stringify({ type, sdp }));
    const unsent = this.#unsent ?? [];
    this.#unsent = undefined;
    for (const candidate of unsent) this.#sendCandidate(candidate);
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#unsent) return void this.#unsent.push(candidate);
    if (!candidate) return this.#link.send("candidate-end", "");
    // An empty candidate ends a generation; the null that follows says the same.
    if (candidate.candidate === "") return;
    const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment = null } = candidate;
    const payload = { candidate: text, sdpMid, sdpMLineIndex, usernameFragment };
    this.#link.send("candidate", JSON.stringify(payload));
  }

  /** One message after the other: a candidate must not overtake the answer it belongs to. */
  #receive(envelope: Envelope): void {
    if (envelope.type === "bye") return this.close(refused(byeReason(envelope.payload)));
    this.#work = this.#work.then(() => this.#handle(envelope)).catch(() => {});
  }

  async #handle({ type, payload }: Envelope): Promise<void> {
    if (this.#closed) return;
    if (type === "answer") return await this.#applyAnswer(payload);
    if (type !== "candidate") return;
    const candidate = parsePayload(CandidatePayload, payload);
    if (!candidate || candidate.candidate === "") return;
    const init = {
      candidate: candidate.candidate.replace(/^a=/, ""),
      // Some agents leave the mid empty; the index says enough.
      sdpMid: candidate.sdpMid || null,
      sdpMLineIndex: candidate.sdpMLineIndex ?? 0,
    };
    if (this.#awaitingAnswer) this.#early.push(init);
    else await this.#addCandidate(init);
  }

  async #applyAnswer(payload: string): Promise<void> {
    const description = parsePayload(DescriptionPayload, payload);
    if (description?.type !== "answer") return;
    // A repeated answer belongs to the offer before.
    if (!this.#awaitingAnswer || description.sdp === this.#answer) return;
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
    this.#events.onOpen();
  }

  #connectionChanged(): void {
    if (this.#closed) return;
    const ice = this.connection.iceConnectionState;
    const state = this.connection.connectionState ?? ice;
    if (state === "failed" || ice === "failed") {
      if (!this.#opened) return this.close(noWay("This browser and the box found no way to each other."));
      this.#interrupt(0);
    } else if (state === "disconnected" || ice === "disconnected") {
      if (this.#opened) this.#interrupt(this.#settings.restartAfterMs);
    } else if (state === "closed") {
      this.#channelClosed();
    } else if (this.#interrupted && (ice === "connected" || ice === "completed")) {
      this.#interrupted = false;
      this.#events.onOpen();
    }
  }

  #interrupt(restartAfterMs: number): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    const interruption = ++this.#interruptions;
    const lasts = () => this.#interrupted && this.#interruptions === interruption;
    this.#events.onInterrupted();
    this.#after(restartAfterMs, () => {
      if (!lasts()) return;
      this.#awaitingAnswer = true;
      // An engine or an agent that cannot restart runs into the limit below.
      this.#offer({ iceRestart: true }).catch(() => {});
    });
    this.#after(this.#settings.interruptedMs, () => {
      if (lasts()) this.close(lost());
    });
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
