import "./quiet_env.ts";
import "./udp/install.ts";
import { Buffer } from "node:buffer";
import {
  parseIceServers,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
} from "werift";
import type { ByteChannel } from "./byte_channel.ts";
import { type CandidateInit, parseCandidate } from "./candidate.ts";
import { DtlsLink } from "./dtls/dtls_link.ts";
import type { AeadBackend } from "./dtls/record/aead_backend.ts";
import { type BackendPreference, chooseBackend } from "./dtls/record/choose_backend.ts";
import { hostAddresses } from "./host_addresses.ts";
import { Liveness } from "./liveness.ts";
import { type Offer, OfferError, parseOffer, writeAnswer } from "./sdp.ts";
import type { SctpChannel } from "./sctp_channel.ts";
import { SctpTransport } from "./sctp_transport.ts";

/** An RTCIceServer. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/**
 * `connecting` from the offer on; `connected` when ICE, DTLS and SCTP stand; `disconnected` while the
 * peer is silent or ICE restarts; `failed` and `closed` are final.
 */
export type ConnectionState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** Where the ends of the selected pair are: candidate types of RFC 8445. */
export interface SelectedPair {
  readonly local: string;
  readonly remote: string;
}

export interface AnswererOptions {
  readonly iceServers?: readonly IceServer[];
  /** Host candidates; the machine's own where it is left out. */
  readonly addresses?: readonly string[];
  readonly log?: (message: string) => void;
}

let chosen: AeadBackend | undefined;

/** What seals and opens records in this process; the kernel where it passes its check. */
function backend(): AeadBackend {
  return chosen ??= chooseBackend("auto");
}

/**
 * Chooses what seals and opens records, before the first connection.
 *
 * @throws {RecordError} where the kernel is asked for by name and does not run here
 */
export function useCrypto(preference: BackendPreference): void {
  chosen = chooseBackend(preference);
}

/** The most remote candidates of one ICE generation. */
const MAX_REMOTE_CANDIDATES = 64;

const LIVENESS_POLL_MS = 1_000;

/** How long the peer has to take notice of closing channels, in milliseconds. */
const CLOSE_MS = 1_000;

/** From a channel's reset in one direction to the answered reset in the other, in milliseconds. */
const RESET_ANSWER_MS = 50;

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
  readonly #gatherer: RTCIceGatherer;
  readonly #ice: RTCIceTransport;
  readonly #sessionId = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  #dtls: RTCDtlsTransport | undefined;
  #sctp: SctpTransport | undefined;
  #offer: Offer | undefined;
  #version = 0;
  #remoteCandidates = 0;
  #state: ConnectionState = "new";
  #live: ReturnType<typeof setInterval> | undefined;
  #restarting = false;
  #closing: Promise<void> | undefined;
  /** Seals and sends; werift's until the keys are taken over. */
  #send: (packet: Uint8Array<ArrayBuffer>) => Promise<void> = () => Promise.resolve();
  #closeNotify: () => Promise<void> = () => Promise.resolve();

  constructor(options: AnswererOptions = {}) {
    this.#log = options.log ?? (() => {});
    const servers = (options.iceServers ?? []).map((server) => ({
      ...server,
      urls: [server.urls].flat() as string[],
    }));
    this.#gatherer = new RTCIceGatherer({
      ...parseIceServers(servers as Parameters<typeof parseIceServers>[0]),
      // The addresses are this side's choice: werift leaves out loopback and whole kinds of interface.
      useIpv4: false,
      useIpv6: false,
      additionalHostAddresses: [...(options.addresses ?? hostAddresses())],
    });
    // Without a configured server werift would ask one of its own choice on the public internet.
    if (!servers.some(({ urls }) => urls.some((url) => /^stuns?:/i.test(url)))) {
      delete this.#gatherer.connection.stunServer;
    }
    this.#ice = new RTCIceTransport(this.#gatherer);
    this.#ice.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined || this.#final) return;
      this.oncandidate({
        candidate: `candidate:${candidate.toJSON().candidate}`,
        sdpMid: this.#offer?.mid ?? null,
        sdpMLineIndex: this.#offer?.sdpMLineIndex ?? 0,
        usernameFragment: this.#ice.localParameters.usernameFragment,
      });
    });
    this.#gatherer.connection.stateChanged.subscribe((state) => {
      // Consent has expired (RFC 7675).
      if (state === "failed" && !this.#restarting) this.#set("failed");
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The selected pair's candidate types, or undefined while there is none. */
  get selectedPair(): SelectedPair | undefined {
    const pair = this.#gatherer.connection.nominated;
    if (pair === undefined) return undefined;
    return { local: pair.localCandidate.type, remote: pair.remoteCandidate.type };
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
      this.#remoteCandidates = 0;
      if (restarts) this.#restart(offer);
      else this.#begin(offer, certificate);
    }
    const { usernameFragment, password } = this.#ice.localParameters;
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
    if (++this.#remoteCandidates > MAX_REMOTE_CANDIDATES) return this.#log("too many remote candidates");
    this.#ice.addRemoteCandidate(candidate)?.catch((error: unknown) => this.#log(String(error)));
  }

  /** Closes channels, then the connection; takes {@link CLOSE_MS} at most where the peer is silent. */
  async close(): Promise<void> {
    if (this.#closing !== undefined) return await this.#closing;
    this.#closing = this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#live);
    // Not every stack takes notice of an aborted association; a channel that is reset they all see.
    if (this.#state === "connected") await this.#closeChannels();
    this.#set("closed");
    await settle(this.#sctp?.abort());
    await settle(this.#closeNotify());
    await settle(this.#dtls?.stop());
    await settle(this.#ice.stop());
  }

  async #closeChannels(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, CLOSE_MS));
    const closing = [...this.#sctp?.channels ?? []].map((channel) => channel.finished());
    await Promise.race([Promise.all(closing), late]);
    clearTimeout(timer);
    // The peer resets its own direction too, and waits for the answer (RFC 8831, section 6.7).
    if (closing.length > 0) await new Promise((resolve) => setTimeout(resolve, RESET_ANSWER_MS));
  }

  get #final(): boolean {
    return this.#state === "failed" || this.#state === "closed";
  }

  #begin(offer: Offer, certificate: Awaited<ReturnType<typeof RTCDtlsTransport.SetupCertificate>>): void {
    this.#set("connecting");
    this.#ice.setRemoteParams(iceParameters(offer));
    this.#gather();
    const fail = (why: string) => {
      this.#log(why);
      this.#set("failed");
    };
    const link = new DtlsLink(this.#ice, {
      onforged: () => fail("the peer's key is not its certificate's"),
      onreuse: () => fail("a record would have been sealed under a number used before"),
      onfinished: (sequence) => {
        const counter = dtls.dtls!.dtls;
        counter.recordSequenceNumber = Math.max(counter.recordSequenceNumber, sequence);
      },
    });
    const dtls = new RTCDtlsTransport({}, link.transport, certificate, []);
    dtls.role = "client";
    dtls.setRemoteParams(new RTCDtlsParameters([...offer.fingerprints], "server"));
    const sctp = new SctpTransport({
      remotePort: offer.sctpPort,
      send: (packet) => this.#send(packet),
      onchannel: (channel) => this.#announce(channel),
      onended: () => this.#set("closed"),
    });
    // The peer's INIT may come before the handshake has resolved here.
    dtls.dataReceiver = (packet) => sctp.receive(packet);
    dtls.onStateChange.subscribe((state) => {
      if (state === "failed" || state === "closed") this.#set(state);
      // In the same turn in which werift says so: nothing of its own may be sealed in between.
      if (state === "connected") this.#takeOver(link, dtls, sctp);
    });
    this.#send = (packet) => dtls.sendData(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
    this.#dtls = dtls;
    this.#sctp = sctp;
    void this.#connect(dtls);
  }

  #takeOver(link: DtlsLink, dtls: RTCDtlsTransport, sctp: SctpTransport): void {
    const records = link.takeOver(dtls.dtls, backend());
    if (records === undefined) return this.#log("DTLS records stay with werift");
    records.onpacket = (packet) => sctp.receive(packet);
    records.onend = () => {
      void link.closeNotify();
      this.#set("closed");
    };
    this.#send = (packet) => link.send(packet);
    this.#closeNotify = () => link.closeNotify();
  }

  async #connect(dtls: RTCDtlsTransport): Promise<void> {
    try {
      await this.#ice.start();
      if (this.#final) return;
      await dtls.start();
      if (this.#final) return;
      this.#set("connected");
      this.#watch();
    } catch (error) {
      this.#log(`connecting: ${String(error)}`);
      this.#set("failed");
    }
  }

  /** New credentials and candidates under the connection that stands (RFC 8445, section 2.4). */
  #restart(offer: Offer): void {
    this.#restarting = true;
    if (this.#state === "connected") this.#set("disconnected");
    this.#ice.setRemoteParams(iceParameters(offer));
    this.#gather();
    const generation = this.#version;
    this.#ice.start().then(() => {
      if (generation !== this.#version) return;
      this.#restarting = false;
      if (this.#state === "disconnected") this.#set("connected");
    }, (error: unknown) => {
      this.#log(`ICE restart: ${String(error)}`);
      if (generation === this.#version) this.#set("failed");
    });
  }

  #gather(): void {
    const generation = this.#version;
    this.#ice.gather().then(() => {
      if (generation !== this.#version || this.#final) return;
      this.#pairAgain();
      this.oncandidate(null);
    }, (error: unknown) => this.#log(`gathering: ${String(error)}`));
  }

  /** werift pairs a relayed candidate with those remote ones only that come after it. */
  #pairAgain(): void {
    const connection = this.#gatherer.connection as unknown as {
      remoteCandidates: unknown[];
      pairRemoteCandidate(candidate: unknown): void;
      sortCheckList(): void;
    };
    for (const candidate of connection.remoteCandidates) connection.pairRemoteCandidate(candidate);
    connection.sortCheckList();
  }

  #announce(channel: SctpChannel): void {
    if (this.#final) channel.close();
    else this.onchannel(channel);
  }

  #watch(): void {
    const liveness = new Liveness();
    this.#live = setInterval(() => {
      if (this.#restarting) return;
      const pair = this.#gatherer.connection.nominated;
      const heard = pair === undefined
        ? 0
        : pair.responsesReceived + pair.requestsReceived + pair.packetsReceived;
      const alive = liveness.observe(heard, performance.now());
      if (alive && this.#state === "disconnected") this.#set("connected");
      if (!alive && this.#state === "connected") this.#set("disconnected");
    }, LIVENESS_POLL_MS);
  }

  #set(state: ConnectionState): void {
    if (this.#state === state || this.#state === "closed") return;
    // A peer that has closed is not also failed.
    if (this.#state === "failed" && state !== "closed") return;
    this.#state = state;
    if (this.#final) {
      clearInterval(this.#live);
      for (const channel of [...this.#sctp?.channels ?? []]) channel.ended();
    }
    this.onstatechange(state);
  }
}

function iceParameters(offer: Offer): RTCIceParameters {
  return new RTCIceParameters({
    usernameFragment: offer.usernameFragment,
    password: offer.password,
    iceLite: offer.iceLite,
  });
}

function sameFingerprints(a: Offer, b: Offer): boolean {
  const values = (offer: Offer) => offer.fingerprints.map(({ value }) => value.toLowerCase()).sort().join();
  return values(a) === values(b);
}

async function settle(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => {});
}

export { OfferError };
