import type { ControllerFactory } from "./congestion/controller.ts";
import { CONTROLLERS, DEFAULT_CONTROLLER } from "./congestion/mod.ts";
import {
  ChunkType,
  DATA_HEADER_SIZE,
  HEARTBEAT_INTERVAL,
  MAX_PACKET_SIZE,
  MAX_RECEIVED_PACKET,
  MAX_RETRANSMISSIONS,
  ParameterType,
  RECEIVE_WINDOW,
  RTO_INITIAL,
  STREAMS,
} from "./constants.ts";
import { type Init, readInit, writeInit } from "./init_chunk.ts";
import { chunkSize, type ChunkView, PacketWriter, readPacket } from "./packet.ts";
import { writeParameters } from "./parameters.ts";
import { Receiver } from "./receiver.ts";
import { readSack } from "./sack_chunk.ts";
import { Sender } from "./sender.ts";
import { StreamReset } from "./stream_reset.ts";

/** Chunks that wait to be sent beside data; a peer cannot make more of them wait. */
const MAX_CONTROL = 64;

const COOKIE_SIZE = 32;

export type AssociationState =
  /** Nothing has happened. */
  | "closed"
  /** INIT is out. */
  | "cookie-wait"
  /** COOKIE ECHO is out. */
  | "cookie-echoed"
  | "established"
  /** The peer shuts down; its SHUTDOWN was answered. */
  | "shutdown-ack-sent"
  /** Over, by ABORT, SHUTDOWN or too many retransmissions. */
  | "ended";

export interface AssociationOptions {
  /** Milliseconds; the zero of all times given later. */
  readonly now: number;
  /** Uniform in 0 to 1. */
  readonly random: () => number;
  readonly controller?: ControllerFactory;
  /** Bytes this side buffers. */
  readonly receiveWindow?: number;
  readonly maxPacketSize?: number;
  readonly localPort?: number;
  readonly remotePort?: number;
  /** Announce and use packets without a checksum (RFC 9653): DTLS below checks them. */
  readonly zeroChecksum?: boolean;
}

/**
 * An SCTP association over DTLS (RFC 9260, 8261) without I/O and without a clock: packets and times go in,
 * packets and the time of the next timer come out.
 */
export class Association {
  /** A whole message; ordered ones in the order of their stream. */
  onmessage: (streamId: number, ppid: number, data: Uint8Array) => void = () => {};
  onstate: (state: AssociationState) => void = () => {};
  /** The peer has reset its side of these streams. */
  onincomingreset: (streams: readonly number[]) => void = () => {};
  /** The peer knows that this side's are reset. */
  onoutgoingreset: (streams: readonly number[]) => void = () => {};

  readonly #options: AssociationOptions;
  readonly #writer: PacketWriter;
  readonly #localTag: number;
  readonly #initialTsn: number;
  readonly #zeroChecksum: boolean;
  #state: AssociationState = "closed";
  #peer: Init | undefined;
  #peerTag = 0;
  #cookie: Uint8Array | undefined;
  #sender: Sender | undefined;
  #receiver: Receiver | undefined;
  #reset: StreamReset | undefined;
  #control: { type: number; flags: number; value: Uint8Array }[] = [];
  /** INIT or COOKIE ECHO that is repeated until answered. */
  #handshake: { type: number; value: Uint8Array; at: number; tries: number } | undefined;
  #resetAt: number | undefined;
  #resetTries = 0;
  #heartbeatAt = Infinity;
  /** A packet with INIT or COOKIE ECHO has a checksum whatever was agreed. */
  #needsChecksum = false;

  constructor(options: AssociationOptions) {
    this.#options = options;
    this.#writer = new PacketWriter(options.maxPacketSize ?? MAX_PACKET_SIZE);
    this.#localTag = 1 + Math.floor(options.random() * 0xffff_fffe);
    this.#initialTsn = Math.floor(options.random() * 0x1_0000_0000);
    this.#zeroChecksum = options.zeroChecksum ?? true;
  }

  get state(): AssociationState {
    return this.#state;
  }

  /** Undefined until established. For statistics and the send mark. */
  get sender(): Sender | undefined {
    return this.#sender;
  }

  /** When {@link tick} and {@link poll} are due; undefined where nothing waits for time. */
  get nextTimeout(): number | undefined {
    if (this.#state === "ended") return undefined;
    let next = this.#heartbeatAt;
    for (
      const at of [
        this.#handshake?.at,
        this.#resetAt,
        this.#sender?.nextTimeout,
        this.#receiver?.nextTimeout,
      ]
    ) {
      if (at !== undefined && at < next) next = at;
    }
    return next === Infinity ? undefined : next;
  }

  /** Begins the handshake; the answering side waits instead. */
  connect(now: number): void {
    if (this.#state !== "closed") return;
    this.#handshake = { type: ChunkType.INIT, value: writeInit(this.#ownInit()), at: now, tries: 0 };
    this.#enter("cookie-wait");
  }

  /**
   * Queues a message. Its bytes belong to the association until they are acknowledged.
   *
   * @param options.urgent goes ahead of the stream's other messages that have not begun
   */
  send(
    streamId: number,
    ppid: number,
    message: Uint8Array,
    options: { unordered?: boolean; urgent?: boolean } = {},
  ): void {
    this.#sender?.queue.push(streamId, ppid, message, options.unordered ?? false, options.urgent ?? false);
  }

  /** Bytes of a stream that have not been sent. */
  bufferedAmount(streamId: number): number {
    return this.#sender?.queue.buffered(streamId) ?? 0;
  }

  /** Takes back what waits on a stream, has not begun and is unwanted; answers its bytes. */
  withdraw(streamId: number, unwanted: (message: Uint8Array) => boolean): number {
    return this.#sender?.queue.withdraw(streamId, unwanted) ?? 0;
  }

  /** Resets this side of a stream once all its messages are sent. */
  resetStream(streamId: number, now: number): void {
    this.#reset?.add(streamId);
    this.#resetAt ??= now;
  }

  /** Ends at once; the ABORT is the last packet. */
  abort(): void {
    if (this.#state === "ended") return;
    this.#control = [{ type: ChunkType.ABORT, flags: 0, value: new Uint8Array(0) }];
    this.#finish();
  }

  /** Takes a packet of the peer; what is malformed is dropped. */
  receive(bytes: Uint8Array, now: number): void {
    if (this.#state === "ended" || bytes.byteLength > MAX_RECEIVED_PACKET) return;
    const packet = readPacket(bytes, this.#zeroChecksum);
    if (packet === undefined || !this.#belongs(packet.verificationTag, packet.chunks)) return;
    for (const chunk of packet.chunks) {
      if (!this.#take(chunk, now)) break;
    }
    this.#receiver?.packetEnded(now);
    if (this.#receiver !== undefined) this.#reset?.advanced(this.#receiver.cumulativeTsn);
  }

  /** Time has passed. */
  tick(now: number): void {
    if (this.#state === "ended") return;
    if (this.#handshake !== undefined && this.#handshake.tries > MAX_RETRANSMISSIONS) return this.#fail();
    if (this.#sender?.tick(now)) return this.#fail();
    if (now >= this.#heartbeatAt) this.#heartbeat(now);
  }

  /**
   * The next packet to send, or undefined where none may be sent now. A view of a buffer that the next call
   * writes again.
   */
  poll(now: number): Uint8Array<ArrayBuffer> | undefined {
    const writer = this.#writer;
    this.#needsChecksum = false;
    const isInit = this.#handshake?.type === ChunkType.INIT;
    writer.begin(
      this.#options.localPort ?? 5_000,
      this.#options.remotePort ?? 5_000,
      isInit ? 0 : this.#peerTag,
    );
    this.#writeControl(writer);
    if (this.#state !== "ended") {
      this.#writeHandshake(writer, now);
      // INIT is alone in its packet.
      if (!isInit && this.#state === "established") this.#writeEstablished(writer, now);
    }
    if (writer.empty) return undefined;
    return writer.finish(this.#needsChecksum || !this.#zeroChecksum || this.#peer?.zeroChecksum !== true);
  }

  #writeControl(writer: PacketWriter): void {
    while (this.#control.length > 0 && chunkSize(this.#control[0]!.value.byteLength) <= writer.room) {
      const { type, flags, value } = this.#control[0]!;
      // INIT ACK is alone in its packet too.
      if (type === ChunkType.INIT_ACK && !writer.empty) return;
      writer.bytes.set(value, writer.chunk(type, flags, value.byteLength));
      this.#control.shift();
      if (type === ChunkType.INIT_ACK) {
        this.#needsChecksum = true;
        return;
      }
    }
  }

  #writeHandshake(writer: PacketWriter, now: number): void {
    const handshake = this.#handshake;
    if (
      handshake === undefined || now < handshake.at || chunkSize(handshake.value.byteLength) > writer.room
    ) return;
    writer.bytes.set(handshake.value, writer.chunk(handshake.type, 0, handshake.value.byteLength));
    this.#needsChecksum = true;
    handshake.at = now + RTO_INITIAL * 2 ** Math.min(handshake.tries++, 3);
  }

  #writeEstablished(writer: PacketWriter, now: number): void {
    const receiver = this.#receiver!;
    const sender = this.#sender!;
    this.#writeReset(writer, now);
    const before = writer.length;
    // Before the data: a control chunk behind DATA is a protocol violation (RFC 9260, section 6.10).
    if (receiver.isDue(now, !writer.empty || sender.willSend(now))) receiver.write(writer);
    sender.fill(writer, now);
    if (writer.length !== before) this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
  }

  #writeReset(writer: PacketWriter, now: number): void {
    const reset = this.#reset!;
    if (this.#resetAt === undefined || now < this.#resetAt) return;
    const sender = this.#sender!;
    const value = reset.write(sender.lastTsn, (id) => sender.queue.isDrained(id));
    if (value === undefined) {
      // Nothing is asked for any more, or what is has data before it: look again when that may have gone.
      this.#resetAt = reset.waiting ? now + 20 : undefined;
      this.#resetTries = 0;
      return;
    }
    if (chunkSize(value.byteLength) > writer.room) return;
    writer.bytes.set(value, writer.chunk(ChunkType.RECONFIG, 0, value.byteLength));
    this.#resetAt = ++this.#resetTries > MAX_RETRANSMISSIONS ? undefined : now + sender.rtt.rto;
  }

  #belongs(tag: number, chunks: readonly ChunkView[]): boolean {
    const first = chunks[0]!;
    if (first.type === ChunkType.INIT) return tag === 0 && chunks.length === 1;
    if (first.type === ChunkType.ABORT || first.type === ChunkType.SHUTDOWN_COMPLETE) {
      // The T bit: whoever sends it knows only the tag that this side sends with.
      return tag === ((first.flags & 1) === 1 ? this.#peerTag : this.#localTag);
    }
    return tag === this.#localTag;
  }

  /** Takes one chunk; false where the rest of the packet is to be left. */
  #take({ type, flags, value }: ChunkView, now: number): boolean {
    switch (type) {
      case ChunkType.DATA:
        this.#receiver?.data(flags, value);
        return true;
      case ChunkType.SACK: {
        const sack = readSack(value);
        if (sack !== undefined) this.#sender?.acknowledge(sack, now);
        return true;
      }
      case ChunkType.INIT:
        this.#initReceived(value);
        return false;
      case ChunkType.INIT_ACK:
        this.#initAckReceived(value, now);
        return true;
      case ChunkType.COOKIE_ECHO:
        return this.#cookieEchoed(value, now);
      case ChunkType.COOKIE_ACK:
        if (this.#state === "cookie-echoed") {
          this.#handshake = undefined;
          this.#enter("established");
        }
        return true;
      case ChunkType.HEARTBEAT:
        this.#push(ChunkType.HEARTBEAT_ACK, value);
        return true;
      case ChunkType.RECONFIG: {
        const answer = this.#receiver && this.#reset?.receive(value, this.#receiver.cumulativeTsn);
        if (answer !== undefined) this.#push(ChunkType.RECONFIG, answer);
        return true;
      }
      case ChunkType.FORWARD_TSN:
        this.#receiver?.forward(value);
        return true;
      case ChunkType.ABORT:
      case ChunkType.SHUTDOWN_COMPLETE:
        this.#finish();
        return false;
      case ChunkType.SHUTDOWN:
        this.#push(ChunkType.SHUTDOWN_ACK, new Uint8Array(0));
        if (this.#state === "established") this.#enter("shutdown-ack-sent");
        return true;
      case ChunkType.SHUTDOWN_ACK:
        this.#push(ChunkType.SHUTDOWN_COMPLETE, new Uint8Array(0));
        this.#finish();
        return false;
      case ChunkType.HEARTBEAT_ACK:
      case ChunkType.ERROR:
        return true;
      default:
        // The two high bits say what to do with a type one does not know (RFC 9260, section 3.2).
        return (type & 0x80) !== 0;
    }
  }

  #initReceived(value: Uint8Array): void {
    const init = readInit(value);
    // A peer that begins anew does so with a new DTLS connection.
    if (init === undefined || (this.#state !== "closed" && this.#state !== "cookie-wait")) return;
    this.#peer = init;
    this.#peerTag = init.initiateTag;
    this.#cookie ??= Uint8Array.from({ length: COOKIE_SIZE }, () => Math.floor(this.#options.random() * 256));
    this.#control = this.#control.filter(({ type }) => type !== ChunkType.INIT_ACK);
    const answer = writeInit({ ...this.#ownInit(), cookie: this.#cookie });
    this.#control.unshift({ type: ChunkType.INIT_ACK, flags: 0, value: answer });
  }

  #initAckReceived(value: Uint8Array, now: number): void {
    const init = readInit(value);
    if (this.#state !== "cookie-wait" || init?.cookie === undefined) return;
    this.#peer = init;
    this.#peerTag = init.initiateTag;
    this.#handshake = { type: ChunkType.COOKIE_ECHO, value: init.cookie.slice(), at: now, tries: 0 };
    this.#establish(init);
    this.#enter("cookie-echoed");
  }

  #cookieEchoed(value: Uint8Array, now: number): boolean {
    const cookie = this.#cookie;
    if (cookie === undefined || this.#peer === undefined || value.byteLength < COOKIE_SIZE) return false;
    if (!cookie.every((byte, i) => byte === value[i])) return false;
    this.#push(ChunkType.COOKIE_ACK, new Uint8Array(0));
    if (this.#state === "established") return true;
    this.#handshake = undefined;
    this.#establish(this.#peer);
    this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
    this.#enter("established");
    return true;
  }

  #establish(peer: Init): void {
    const maxPacketSize = this.#options.maxPacketSize ?? MAX_PACKET_SIZE;
    const factory = this.#options.controller ?? CONTROLLERS[DEFAULT_CONTROLLER];
    this.#sender = new Sender({
      initialTsn: this.#initialTsn,
      peerWindow: peer.receiveWindow,
      maxPacketSize,
      controller: factory({ maxPacketSize, random: this.#options.random }),
    });
    this.#receiver = new Receiver(
      peer.initialTsn,
      this.#options.receiveWindow ?? RECEIVE_WINDOW,
      (streamId, ppid, data) => this.onmessage(streamId, ppid, data),
    );
    this.#reset = new StreamReset(this.#initialTsn, peer.initialTsn, {
      incoming: (streams) => {
        for (const id of streams) this.#receiver!.resetStream(id);
        this.onincomingreset(streams);
      },
      outgoing: (streams) => {
        for (const id of streams) this.#sender!.queue.reset(id);
        this.#resetTries = 0;
        this.#resetAt = this.#reset!.waiting ? this.#resetAt : undefined;
        this.onoutgoingreset(streams);
      },
    });
  }

  #ownInit(): Init {
    return {
      initiateTag: this.#localTag,
      receiveWindow: this.#options.receiveWindow ?? RECEIVE_WINDOW,
      outboundStreams: STREAMS,
      inboundStreams: STREAMS,
      initialTsn: this.#initialTsn,
      zeroChecksum: this.#zeroChecksum,
      cookie: undefined,
    };
  }

  #heartbeat(now: number): void {
    this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
    const info = writeParameters([{ type: ParameterType.HEARTBEAT_INFO, value: new Uint8Array(8) }]);
    this.#push(ChunkType.HEARTBEAT, info);
  }

  #push(type: number, value: Uint8Array): void {
    const fits = chunkSize(value.byteLength) + DATA_HEADER_SIZE <= this.#writer.size;
    if (!fits || this.#control.length >= MAX_CONTROL) return;
    // The value is the peer's packet, which does not last.
    this.#control.push({ type, flags: 0, value: value.slice() });
  }

  #fail(): void {
    this.abort();
  }

  #finish(): void {
    this.#sender?.queue.clear();
    this.#handshake = undefined;
    this.#heartbeatAt = Infinity;
    this.#enter("ended");
  }

  #enter(state: AssociationState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onstate(state);
  }
}
