import { DCEP_ACK, PayloadProtocol, readChannelOpen } from "./dcep.ts";
import { MessagePool } from "./message_pool.ts";
import { Association, type AssociationOptions } from "./sctp/association.ts";
import { MAX_PACKET_SIZE, PACKET_SIZES } from "./sctp/constants.ts";
import { type ChannelHost, SctpChannel } from "./sctp_channel.ts";

/** Packets handed down whose sending has not ended; the network's own queue begins behind them. */
const MAX_PENDING = 64;

/**
 * Packets sent before the event loop has its turn: what arrives meanwhile must be heard, and a send that
 * ends at once would else lead to the next without end.
 */
const MAX_BURST = 32;

const LARGEST_PACKET = Math.max(MAX_PACKET_SIZE, ...PACKET_SIZES);

/** The most data channels a peer may have open at a time; further ones are reset. */
const MAX_CHANNELS = 64;

export interface SctpTransportOptions
  extends Pick<AssociationOptions, "controller" | "remotePort" | "zeroChecksum"> {
  /**
   * Sends packets, one datagram each. Their bytes are only valid during the call; `sent` is called for each
   * when another may be handed down.
   *
   * @throws {Error} where nothing can be sent any more
   */
  readonly send: (packets: readonly Uint8Array<ArrayBuffer>[], sent: () => void) => void;
  readonly onchannel: (channel: SctpChannel) => void;
  /** The association has ended. */
  readonly onended: () => void;
}

/** Of all associations of the thread: a film that ends leaves its memory to the next. */
const MESSAGES = new MessagePool();

/** Runs an {@link Association} on real time, and its streams as data channels. */
export class SctpTransport implements ChannelHost {
  readonly association: Association;
  readonly messages = MESSAGES;
  readonly #options: SctpTransportOptions;
  readonly #channels = new Map<number, SctpChannel>();
  /** Streams that this side has begun to reset. */
  readonly #resetting = new Set<number>();
  /** Streams with a new channel, on which the peer's reset of the channel before is still to come. */
  readonly #reopened = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #pending = 0;
  /** Something is to be sent in the next turn of the event loop. */
  #coming = false;
  readonly #batch: Uint8Array<ArrayBuffer>[] = [];
  readonly #arena = new Uint8Array(MAX_BURST * LARGEST_PACKET);
  #ended = false;

  constructor(options: SctpTransportOptions) {
    this.#options = options;
    const { controller, remotePort, zeroChecksum } = options;
    this.association = new Association({
      now: performance.now(),
      random: cryptoRandom,
      packetSizes: PACKET_SIZES,
      ...(controller === undefined ? {} : { controller }),
      ...(remotePort === undefined ? {} : { remotePort }),
      ...(zeroChecksum === undefined ? {} : { zeroChecksum }),
    });
    this.association.onmessage = (...message) => this.#message(...message);
    this.association.onreleased = (message) => MESSAGES.release(message);
    this.association.onincomingreset = (streams) => this.#resetByPeer(streams);
    this.association.onstate = (state) => {
      if (state === "ended") this.#end();
    };
  }

  get channels(): Iterable<SctpChannel> {
    return this.#channels.values();
  }

  /** Takes a packet of the peer. */
  receive(packet: Uint8Array): void {
    if (this.#ended) return;
    this.association.receive(packet, performance.now());
    this.soon();
  }

  /**
   * Sends what is due when the event loop comes round: what else arrives or is queued by then shares the call.
   * Datagrams in a row also find the receiver awake.
   */
  soon(): void {
    if (this.#coming || this.#ended) return;
    this.#coming = true;
    setImmediate(() => {
      this.#coming = false;
      if (!this.#ended) this.#flush();
    });
  }

  #flush(): void {
    const now = performance.now();
    const batch = this.#batch;
    const most = Math.min(MAX_BURST, MAX_PENDING - this.#pending);
    while (batch.length < most) {
      const packet = this.association.poll(now);
      if (packet === undefined) break;
      batch.push(this.#keep(packet, batch.length));
    }
    const { length } = batch;
    if (length > 0) {
      this.#send(batch);
      batch.length = 0;
      for (const channel of this.#channels.values()) channel.drained();
    }
    if (length === MAX_BURST) this.soon();
    else this.#arm();
  }

  /** The association writes the next packet where this one is. */
  #keep(packet: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
    const at = index * LARGEST_PACKET;
    const kept = this.#arena.subarray(at, at + packet.byteLength);
    kept.set(packet);
    return kept;
  }

  /** Packets go another way from now on. */
  pathChanged(): void {
    this.association.pathChanged(performance.now());
    this.soon();
  }

  reset(streamId: number): void {
    this.#resetting.add(streamId);
    this.association.resetStream(streamId, performance.now());
    this.soon();
  }

  /** Ends the association at once; resolves when the peer has been told. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    this.association.abort();
    const last = this.association.poll(performance.now());
    if (last !== undefined) await new Promise<void>((resolve) => this.#options.send([last], resolve));
  }

  #send(packets: readonly Uint8Array<ArrayBuffer>[]): void {
    this.#pending += packets.length;
    try {
      this.#options.send(packets, this.#sent);
    } catch {
      // The connection is closing, or out of sequence numbers: whoever closes it ends this too.
      this.#pending -= packets.length;
    }
  }

  readonly #sent = () => {
    // The one that makes room again goes on, not each.
    if (this.#pending-- === MAX_PENDING) this.soon();
  };

  #arm(): void {
    const at = this.#ended || this.#pending >= MAX_PENDING
      ? Infinity
      : this.association.nextTimeout ?? Infinity;
    // An earlier timer than needed does no harm and is cheaper than a new one for every packet.
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#timerAt = Infinity;
      this.association.tick(performance.now());
      this.#flush();
    }, Math.max(0, at - performance.now()));
  }

  #message(streamId: number, ppid: number, data: Uint8Array, ssn: number): void {
    if (ppid !== PayloadProtocol.DCEP) return this.#channels.get(streamId)?.received(ppid, data);
    const open = readChannelOpen(data);
    // Anything else of this protocol acknowledges what this side never opens.
    if (open === undefined) return;
    const before = this.#channels.get(streamId);
    if (before !== undefined) {
      // The first message since a reset: the peer has reset the stream once for two channels, the last of which it
      // had opened too early. Else the stream is to be reset by the peer before it is used again (RFC 8831,
      // section 6.7), but libdatachannel opens the next channel as soon as it hears that this side has closed the
      // last.
      if (ssn > 0) {
        if (!this.#resetting.has(streamId)) return;
        this.#reopened.add(streamId);
      }
      before.ended();
    }
    this.association.send(streamId, PayloadProtocol.DCEP, DCEP_ACK);
    const channel = new SctpChannel(streamId, open, this);
    if (this.#channels.size >= MAX_CHANNELS) return channel.close();
    this.#channels.set(streamId, channel);
    this.#options.onchannel(channel);
  }

  #resetByPeer(streams: readonly number[]): void {
    for (const id of streams) {
      if (this.#reopened.delete(id)) {
        this.#resetting.delete(id);
        continue;
      }
      const channel = this.#channels.get(id);
      this.#channels.delete(id);
      // The other direction is closed too (RFC 8831, section 6.7), once: by now the peer may use the stream
      // for a new channel.
      if (!this.#resetting.delete(id)) this.association.resetStream(id, performance.now());
      channel?.ended();
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const channel of [...this.#channels.values()]) channel.ended();
    this.#channels.clear();
    this.#options.onended();
  }
}

/** Uniform in 0 to 1; tags, TSNs and cookies must not be guessable. */
function cryptoRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}
