import { Buffer } from "node:buffer";
import type { Candidate, ChannelEvents, Peer } from "./peer.ts";

/** How often wrtc is asked, in milliseconds; what its SCTP holds below the buffer lasts much longer. */
const POLL_MS = 4;

/** The part of the W3C's RTCPeerConnection (WebRTC 1.0, 4.4) that is used; werift and wrtc have it. */
export interface W3cConnection {
  ondatachannel: ((event: { channel: W3cChannel }) => void) | null;
  onicegatheringstatechange: (() => void) | null;
  readonly iceGatheringState: string;
  readonly localDescription: { readonly sdp: string } | null;
  createDataChannel(label: string): W3cChannel;
  createOffer(): Promise<W3cDescription>;
  createAnswer(): Promise<W3cDescription>;
  setLocalDescription(description: W3cDescription): Promise<unknown>;
  setRemoteDescription(description: W3cDescription): Promise<unknown>;
  addIceCandidate(candidate: Candidate): Promise<unknown>;
}

interface W3cDescription {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

interface W3cChannel {
  binaryType?: string;
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold?: number;
  onopen: (() => void) | null | undefined;
  onclose: (() => void) | null | undefined;
  onmessage: ((event: { data: string | ArrayBuffer | Uint8Array }) => void) | null | undefined;
  send(data: Buffer): void;
  addEventListener(type: "bufferedamountlow", listener: () => void, options: { once: true }): void;
}

/** A stack by the W3C's interface. */
export class W3cPeer implements Peer {
  readonly #connection: W3cConnection;
  readonly #events: ChannelEvents;

  constructor(connection: W3cConnection, events: ChannelEvents) {
    this.#connection = connection;
    this.#events = events;
    connection.ondatachannel = ({ channel }) => this.#attach(channel);
  }

  async createOffer(label: string): Promise<string> {
    this.#attach(this.#connection.createDataChannel(label));
    return await this.#gather(await this.#connection.createOffer());
  }

  async setAnswer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  async addCandidate(candidate: Candidate): Promise<void> {
    await this.#connection.addIceCandidate(candidate);
  }

  async createAnswer(offer: string): Promise<string> {
    await this.#connection.setRemoteDescription({ type: "offer", sdp: offer });
    return await this.#gather(await this.#connection.createAnswer());
  }

  async #gather(description: W3cDescription): Promise<string> {
    const connection = this.#connection;
    const gathered = Promise.withResolvers<void>();
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState === "complete") gathered.resolve();
    };
    await connection.setLocalDescription(description);
    if (connection.iceGatheringState !== "complete") await gathered.promise;
    return connection.localDescription!.sdp;
  }

  #attach(channel: W3cChannel): void {
    channel.binaryType = "arraybuffer";
    const open = () =>
      this.#events.onopen({
        get bufferedAmount() {
          return channel.bufferedAmount;
        },
        // A Buffer on the same memory: werift copies whatever else it is given, once more for each packet.
        send: (message) => channel.send(Buffer.from(message.buffer, message.byteOffset, message.byteLength)),
        whenLow: (threshold) => whenLow(channel, threshold),
      });
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") return;
      this.#events.onmessage(data instanceof Uint8Array ? data : new Uint8Array(data));
    };
    channel.onclose = () => this.#events.onclose();
    if (channel.readyState === "open") open();
    else channel.onopen = open;
  }
}

async function whenLow(channel: W3cChannel, threshold: number): Promise<void> {
  if ("bufferedAmountLowThreshold" in channel) {
    channel.bufferedAmountLowThreshold = threshold;
    return await new Promise((resolve) => {
      channel.addEventListener("bufferedamountlow", resolve, { once: true });
    });
  }
  // wrtc has neither threshold nor event.
  while (channel.bufferedAmount > threshold) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
