import { type DataChannel, PeerConnection } from "node-datachannel";
import type { Candidate, ChannelEvents, Peer } from "./peer.ts";

/** libdatachannel by its own interface: its W3C polyfill makes an event object for each message. */
export class LibdatachannelPeer implements Peer {
  readonly #connection = new PeerConnection("bench", { iceServers: [] });
  readonly #events: ChannelEvents;
  readonly #gathered = Promise.withResolvers<void>();

  constructor(events: ChannelEvents) {
    this.#events = events;
    this.#connection.onGatheringStateChange((state) => {
      if (state === "complete") this.#gathered.resolve();
    });
    this.#connection.onDataChannel((channel) => this.#attach(channel));
  }

  /** Making the channel makes the offer, too. */
  async createOffer(label: string): Promise<string> {
    this.#attach(this.#connection.createDataChannel(label));
    return await this.#localSdp();
  }

  setAnswer(sdp: string): Promise<void> {
    this.#connection.setRemoteDescription(sdp, "answer");
    return Promise.resolve();
  }

  addCandidate({ candidate, sdpMid }: Candidate): Promise<void> {
    this.#connection.addRemoteCandidate(candidate, sdpMid ?? "0");
    return Promise.resolve();
  }

  /** Taking the offer makes the answer, too. */
  async createAnswer(offer: string): Promise<string> {
    this.#connection.setRemoteDescription(offer, "offer");
    return await this.#localSdp();
  }

  async #localSdp(): Promise<string> {
    await this.#gathered.promise;
    return this.#connection.localDescription()!.sdp;
  }

  #attach(channel: DataChannel): void {
    let low = () => {};
    channel.onBufferedAmountLow(() => low());
    const open = () =>
      this.#events.onopen({
        get bufferedAmount() {
          return channel.bufferedAmount();
        },
        send: (message) => {
          channel.sendMessageBinary(message);
        },
        whenLow(threshold) {
          channel.setBufferedAmountLowThreshold(threshold);
          // It falls in another thread, and may have before there was a threshold.
          if (channel.bufferedAmount() <= threshold) return Promise.resolve();
          return new Promise((resolve) => low = resolve);
        },
      });
    channel.onMessage((message) => {
      if (typeof message === "string") return;
      // A Buffer is one already, and would be copied.
      this.#events.onmessage(message instanceof Uint8Array ? message : new Uint8Array(message));
    });
    channel.onClosed(() => this.#events.onclose());
    // The answerer's may have opened before it was handed over.
    if (channel.isOpen()) open();
    else channel.onOpen(open);
  }
}
