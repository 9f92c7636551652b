import "./quiet_env.ts";
import { Buffer } from "node:buffer";
import { RTCDtlsParameters, RTCDtlsTransport } from "werift";
import { DtlsLink } from "./dtls/dtls_link.ts";
import type { AeadBackend } from "./dtls/record/aead_backend.ts";
import { type BackendPreference, chooseBackend } from "./dtls/record/choose_backend.ts";
import type { Ice } from "./ice/ice.ts";
import { writeKeys } from "./dtls/record/werift_session.ts";
import type { SctpChannel } from "./sctp_channel.ts";
import { SctpTransport, type SctpTransportOptions } from "./sctp_transport.ts";
import type { Offer } from "./sdp.ts";

type Certificate = Awaited<ReturnType<typeof RTCDtlsTransport.SetupCertificate>>;

export interface SecureChannelsEvents {
  onchannel(channel: SctpChannel): void;
  /** Over: `failed` where it never came about or broke, `closed` where the peer has ended it. */
  onend(how: "failed" | "closed"): void;
  log(message: string): void;
}

/** How long the peer has to take notice of closing channels, in milliseconds. */
const CLOSE_MS = 1_000;

/** From a channel's reset in one direction to the answered reset in the other, in milliseconds. */
const RESET_ANSWER_MS = 50;

/** Packets kept until the handshake is over; the peer repeats what is not answered. */
const MAX_EARLY = 8;

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

/** Makes the certificate that all connections of this process share, before the first of them asks for it. */
export async function prepareCertificate(): Promise<void> {
  await RTCDtlsTransport.SetupCertificate();
}

/**
 * DTLS and SCTP over one ICE transport: werift's handshake, then records and association of this project's
 * own. This side is the DTLS client.
 */
export class SecureChannels {
  readonly #events: SecureChannelsEvents;
  readonly #dtls: RTCDtlsTransport;
  readonly #link: DtlsLink;
  readonly #sctp: SctpTransport;
  /** Seals and sends; werift's until the keys are taken over. */
  #send: SctpTransportOptions["send"];
  #established = false;
  /** Packets that came before the handshake was over. */
  #early: Buffer[] | undefined = [];

  constructor(ice: Ice, offer: Offer, certificate: Certificate, events: SecureChannelsEvents) {
    this.#events = events;
    const fail = (why: string) => {
      events.log(why);
      events.onend("failed");
    };
    this.#link = new DtlsLink(ice, {
      writeKeys: () => writeKeys(this.#dtls.dtls),
      onforged: () => fail("the peer's key is not its certificate's"),
      onreuse: () => fail("a record would have been sealed under a number used before"),
      onfinished: (sequence) => {
        const counter = this.#dtls.dtls!.dtls;
        counter.recordSequenceNumber = Math.max(counter.recordSequenceNumber, sequence);
      },
    });
    const dtls = this.#dtls = new RTCDtlsTransport({}, this.#link.transport, certificate, []);
    dtls.role = "client";
    dtls.setRemoteParams(new RTCDtlsParameters([...offer.fingerprints], "server"));
    this.#send = (packets, sent) => {
      for (const { buffer, byteOffset, byteLength } of packets) {
        dtls.sendData(Buffer.from(buffer, byteOffset, byteLength)).then(sent, sent);
      }
    };
    this.#sctp = new SctpTransport({
      remotePort: offer.sctpPort,
      send: (packets, sent) => this.#send(packets, sent),
      onchannel: (channel) => events.onchannel(channel),
      onended: () => events.onend("closed"),
    });
    ice.onpath = () => this.#sctp.pathChanged();
    dtls.dataReceiver = (packet) => this.#received(packet);
    dtls.onStateChange.subscribe((state) => {
      if (state === "failed" || state === "closed") events.onend(state);
      // In the same turn in which werift says so: nothing of its own may be sealed in between.
      if (state === "connected") {
        this.#takeOver();
        this.#receiveEarly();
      }
    });
  }

  /** The handshake. @throws {Error} where it fails, or the peer's certificate is not the offer's */
  async connect(): Promise<void> {
    const started = this.#dtls.start();
    // werift would say nothing for 100 ms first, which the viewer waits for.
    const client = this.#dtls.dtls as unknown as { connect(): Promise<void> };
    const connected = client.connect();
    client.connect = () => connected;
    // Whoever waits for it comes late.
    connected.catch(() => {});
    await started;
    this.#established = true;
  }

  /** The connection has gone: so have its channels. */
  lost(): void {
    for (const channel of [...this.#sctp.channels]) channel.ended();
  }

  /** Closes channels, where the peer can still hear of it, then the association and DTLS. */
  async close(peerListens: boolean): Promise<void> {
    if (peerListens && this.#established) await this.#closeChannels();
    await settle(this.#sctp.abort());
    await settle(this.#link.closeNotify());
    await settle(this.#dtls.stop());
  }

  /** Not every stack takes notice of an aborted association; a channel that is reset they all see. */
  async #closeChannels(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, CLOSE_MS));
    const closing = [...this.#sctp.channels].map((channel) => channel.finished());
    await Promise.race([Promise.all(closing), late]);
    clearTimeout(timer);
    // The peer resets its own direction too, and waits for the answer (RFC 8831, section 6.7).
    if (closing.length > 0) await new Promise((resolve) => setTimeout(resolve, RESET_ANSWER_MS));
  }

  /**
   * The peer's INIT may overtake its Finished. An answer would be sealed before Finished of this side, which is
   * repeated until that one is here (RFC 6347, section 4.2.4), has gone for the last time.
   */
  #received(packet: Buffer): void {
    if (this.#early === undefined) this.#sctp.receive(packet);
    else if (this.#early.length < MAX_EARLY) this.#early.push(packet);
  }

  #receiveEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const packet of early) this.#sctp.receive(packet);
  }

  #takeOver(): void {
    const records = this.#link.takeOver(this.#dtls.dtls, backend());
    if (records === undefined) return this.#events.log("DTLS records stay with werift");
    records.onpacket = (packet) => this.#sctp.receive(packet);
    records.onend = () => {
      void settle(this.#link.closeNotify());
      this.#events.onend("closed");
    };
    this.#send = (packets, sent) => this.#link.send(packets, sent);
  }
}

async function settle(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
