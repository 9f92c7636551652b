import "./quiet_env.ts";
import { RTCDtlsTransport } from "werift";
import type { ByteChannel } from "./byte_channel.ts";
import { type CandidateInit, parseCandidate } from "./ice/candidate.ts";
import type { IceServer } from "./ice/gatherer.ts";
import { Ice, type IceCounts, type SelectedPair } from "./ice/ice.ts";
import { SecureChannels } from "./secure_channels.ts";
import { type Offer, OfferError, parseOffer, writeAnswer } from "./sdp.ts";

/**
 * `connecting` from the offer on; `connected` when ICE and DTLS stand; `disconnected` while the peer is
 * silent or ICE restarts; `failed` and `closed` are final.
 */
export type ConnectionState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

export interface AnswererOptions {
  readonly iceServers?: readonly IceServer[];
  /** Host candidates; the machine's own where it is left out. */
  readonly addresses?: readonly string[];
  readonly log?: (message: string) => void;
}

/**
 * The answering side of one peer connection: an offer in, an answer out, candidates both ways, a
 * {@link ByteChannel} for each data channel the peer opens. A second offer restarts ICE.
 *
 * Composed of werift's ICE and DTLS as ORTC does, not an RTCPeerConnection.
 */
export class Answerer {
  onchannel: (channel: ByteChannel) => void = (channel) => channel.close();
  onstatechange: (state: ConnectionState) => void = () => {};
  /** A local candidate, or null when there are no more of this generation. */
  oncandidate: (candidate: CandidateInit | null) => void = () => {};

  readonly #log: (message: string) => void;
  readonly #ice: Ice;
  readonly #sessionId = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  #channels: SecureChannels | undefined;
  #offer: Offer | undefined;
  #version = 0;
  #state: ConnectionState = "new";
  #closing: Promise<void> | undefined;

  constructor(options: AnswererOptions = {}) {
    const { iceServers = [], addresses, log = () => {} } = options;
    this.#log = log;
    this.#ice = new Ice({ iceServers, addresses, log });
    this.#ice.oncandidate = (candidate) => this.#localCandidate(candidate);
    this.#ice.onfailed = () => this.#set("failed");
    this.#ice.onalive = (alive) => {
      if (alive && this.#state === "disconnected") this.#set("connected");
      if (!alive && this.#state === "connected") this.#set("disconnected");
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The selected pair's candidate types, or undefined while there is none. */
  get selectedPair(): SelectedPair | undefined {
    return this.#ice.selectedPair;
  }

  /** Candidates and pairs, and datagrams that were not the peer's. */
  get iceCounts(): IceCounts {
    return this.#ice.counts;
  }

  /**
   * Applies an offer and answers it. The first one starts the connection; a later one with other ICE
   * credentials restarts ICE and leaves DTLS and the channels as they are.
   *
   * @returns the answer's SDP
   * @throws {OfferError} for an offer that cannot be used; the connection stays as it was
   */
  async accept(sdp: string): Promise<string> {
    const offer = parseOffer(sdp);
    if (this.#final) throw new OfferError("the connection is over");
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const known = this.#offer;
    if (known !== undefined && !sameFingerprints(known, offer)) {
      throw new OfferError("the offer belongs to another peer: its fingerprint differs");
    }
    const restarts = known !== undefined && known.usernameFragment !== offer.usernameFragment;
    if (known === undefined || restarts) {
      this.#offer = offer;
      this.#version++;
      if (restarts) void this.#restart(offer);
      else void this.#connect(offer, certificate);
    }
    const { usernameFragment, password } = this.#ice.credentials;
    for (const candidate of offer.candidates) this.addCandidate({ candidate });
    return writeAnswer(this.#offer!, {
      sessionId: this.#sessionId,
      version: this.#version,
      usernameFragment,
      password,
      fingerprint: certificate.getFingerprints()[0]!,
    });
  }

  /** Adds a remote candidate; one that cannot be used is left out. */
  addCandidate(init: CandidateInit): void {
    if (this.#final || this.#offer === undefined) return;
    // The end of candidates is not passed on: peer reflexive ones may still come.
    if (init.candidate === "") return;
    if (init.usernameFragment && init.usernameFragment !== this.#offer.usernameFragment) return;
    const candidate = parseCandidate(init);
    if (candidate === undefined) return this.#log("a remote candidate was left out");
    this.#ice.add(candidate);
  }

  /** Closes channels, then the connection; takes about a second at most where the peer is silent. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const peerListens = this.#state === "connected";
    if (peerListens) await this.#channels?.close(true);
    this.#set("closed");
    if (!peerListens) await this.#channels?.close(false);
    await this.#ice.stop().catch(() => {});
  }

  get #final(): boolean {
    return this.#state === "failed" || this.#state === "closed";
  }

  #localCandidate(candidate: string | null): void {
    if (this.#final) return;
    if (candidate === null) return this.oncandidate(null);
    this.oncandidate({
      candidate,
      sdpMid: this.#offer?.mid ?? null,
      sdpMLineIndex: this.#offer?.sdpMLineIndex ?? 0,
      usernameFragment: this.#ice.credentials.usernameFragment,
    });
  }

  async #connect(
    offer: Offer,
    certificate: Awaited<ReturnType<typeof RTCDtlsTransport.SetupCertificate>>,
  ): Promise<void> {
    this.#set("connecting");
    this.#ice.begin(offer);
    const channels = this.#channels = new SecureChannels(this.#ice, offer, certificate, {
      onchannel: (channel) => {
        if (this.#final) channel.close();
        else this.onchannel(channel);
      },
      onend: (how) => this.#set(how),
      log: this.#log,
    });
    try {
      await this.#ice.connect();
      if (this.#final) return;
      await channels.connect();
      if (this.#final) return;
      this.#set("connected");
      this.#ice.watch();
    } catch (error) {
      this.#log(`connecting: ${String(error)}`);
      this.#set("failed");
    }
  }

  /** New credentials and candidates under the connection that stands (RFC 8445, section 2.4). */
  async #restart(offer: Offer): Promise<void> {
    if (this.#state === "connected") this.#set("disconnected");
    const version = this.#version;
    try {
      if (await this.#ice.restart(offer) && this.#state === "disconnected") this.#set("connected");
    } catch (error) {
      this.#log(`ICE restart: ${String(error)}`);
      if (version === this.#version) this.#set("failed");
    }
  }

  #set(state: ConnectionState): void {
    if (this.#state === state || this.#state === "closed") return;
    // A peer that has closed is not also failed.
    if (this.#state === "failed" && state !== "closed") return;
    this.#state = state;
    // First why, then what it brings along: a channel that just closes is one that the viewer has closed.
    this.onstatechange(state);
    if (this.#final) this.#channels?.lost();
  }
}

function sameFingerprints(a: Offer, b: Offer): boolean {
  const values = (offer: Offer) => offer.fingerprints.map(({ value }) => value.toLowerCase()).sort().join();
  return values(a) === values(b);
}

export { type IceServer, OfferError, type SelectedPair };
