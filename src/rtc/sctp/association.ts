import type { ControllerFactory } from "./congestion/controller.ts";
import { CONTROLLERS, DEFAULT_CONTROLLER } from "./congestion/mod.ts";
import {
  CHUNK_HEADER_SIZE,
  ChunkType,
  HEARTBEAT_INTERVAL,
  MAX_PACKET_SIZE,
  MAX_RECEIVED_PACKET,
  RECEIVE_WINDOW,
  SEND_MARK_MIN,
} from "./constants.ts";
import { ControlChunks } from "./control_chunks.ts";
import { Handshake } from "./handshake.ts";
import { heartbeatInfo, probeSize } from "./heartbeat.ts";
import { chunkSize, type ChunkView, PacketWriter, readPacket } from "./packet.ts";
import { PathMtu } from "./path_mtu.ts";
import type { Deliver } from "./reassembly.ts";
import { Receiver } from "./receiver.ts";
import { readSack } from "./sack_chunk.ts";
import { Sender } from "./sender.ts";
import { StreamReset } from "./stream_reset.ts";

/** Retransmission timeouts in a row after which packets are taken to be too large. */
const BLACK_HOLE_TIMEOUTS = 2;

/** Where SDP says nothing else (RFC 8841, section 5). */
const DEFAULT_PORT = 5_000;

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
  /** Bytes of a packet that every path carries. */
  readonly maxPacketSize?: number;
  /** Larger ones to try (RFC 8899). */
  readonly packetSizes?: readonly number[];
  readonly localPort?: number;
  readonly remotePort?: number;
  /** Announce and use packets without a checksum (RFC 9653): DTLS below checks them. */
  readonly zeroChecksum?: boolean;
}

/** What there is once both sides know each other. */
interface Halves {
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly reset: StreamReset;
}

/**
 * An SCTP association over DTLS (RFC 9260, 8261) without I/O and without a clock: packets and times go in,
 * packets and the time of the next timer come out.
 */
export class Association {
  /** A whole message, as {@link Deliver} has it. */
  onmessage: Deliver = () => {};
  /** A message that was sent has arrived, or was withdrawn: nothing reads its bytes any more. */
  onreleased: (message: Uint8Array) => void = () => {};
  onstate: (state: AssociationState) => void = () => {};
  /** The peer has reset its side of these streams. */
  onincomingreset: (streams: readonly number[]) => void = () => {};
  /** The peer knows that this side's are reset. */
  onoutgoingreset: (streams: readonly number[]) => void = () => {};

  readonly #options: AssociationOptions;
  readonly #writer: PacketWriter;
  readonly #handshake: Handshake;
  readonly #control: ControlChunks;
  readonly #zeroChecksum: boolean;
  readonly #mtu: PathMtu;
  #state: AssociationState = "closed";
  #halves: Halves | undefined;
  #heartbeatAt = Infinity;

  constructor(options: AssociationOptions) {
    const { receiveWindow = RECEIVE_WINDOW, zeroChecksum = true, random } = options;
    const { maxPacketSize = MAX_PACKET_SIZE, packetSizes = [] } = options;
    this.#options = options;
    this.#mtu = new PathMtu(maxPacketSize, packetSizes);
    this.#writer = new PacketWriter(maxPacketSize, Math.max(maxPacketSize, ...packetSizes));
    this.#control = new ControlChunks(maxPacketSize);
    this.#zeroChecksum = zeroChecksum;
    this.#handshake = new Handshake({ random, receiveWindow, zeroChecksum });
  }

  get state(): AssociationState {
    return this.#state;
  }

  /** Undefined until established. For statistics and the send mark. */
  get sender(): Sender | undefined {
    return this.#halves?.sender;
  }

  /** When {@link tick} and {@link poll} are due; undefined where nothing waits for time. */
  get nextTimeout(): number | undefined {
    if (this.#state === "ended") return undefined;
    let next = this.#heartbeatAt;
    const { sender, receiver, reset } = this.#halves ?? {};
    for (const source of [this.#handshake, this.#mtu, reset, sender, receiver]) {
      const at = source?.nextTimeout;
      if (at !== undefined && at < next) next = at;
    }
    return next === Infinity ? undefined : next;
  }

  /** Begins the handshake; the answering side waits instead. */
  connect(now: number): void {
    if (this.#state !== "closed") return;
    this.#handshake.begin(now);
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
    this.sender?.queue.push(streamId, ppid, message, options.unordered ?? false, options.urgent ?? false);
  }

  /** Bytes of a stream that have not been sent. */
  bufferedAmount(streamId: number): number {
    return this.sender?.queue.buffered(streamId) ?? 0;
  }

  /** Bytes worth having queued on a stream; it follows the path. */
  get sendMark(): number {
    return this.sender?.sendMark ?? SEND_MARK_MIN;
  }

  /** Takes back what waits on a stream, has not begun and is unwanted; answers its bytes. */
  withdraw(streamId: number, unwanted: (message: Uint8Array) => boolean): number {
    return this.sender?.queue.withdraw(streamId, unwanted) ?? 0;
  }

  /** Resets this side of a stream once all its messages are sent. */
  resetStream(streamId: number, now: number): void {
    this.#halves?.reset.add(streamId, now);
    this.#halves?.sender.queue.hold(streamId);
  }

  /** The packets take another way from now on: what size it carries is not known. */
  pathChanged(now: number): void {
    if (this.#state !== "established") return;
    this.#mtu.search(now);
    this.sender!.pathChanged(now);
  }

  /** Ends at once; the ABORT is the last packet. */
  abort(): void {
    if (this.#state === "ended") return;
    this.#control.putLast(ChunkType.ABORT);
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
    const halves = this.#halves;
    if (halves === undefined) return;
    halves.receiver.packetEnded(now);
    halves.reset.advanced(halves.receiver.cumulativeTsn);
  }

  /** Time has passed. */
  tick(now: number): void {
    if (this.#state === "ended") return;
    // Nobody answers.
    if (this.#handshake.failed || this.sender?.tick(now) === true) return this.abort();
    if ((this.sender?.timeouts ?? 0) >= BLACK_HOLE_TIMEOUTS) this.#mtu.blackHole(now);
    if (now >= this.#heartbeatAt) this.#heartbeat(now);
  }

  /**
   * The next packet to send, or undefined where none may be sent now. A view of a buffer that the next call
   * writes again.
   */
  poll(now: number): Uint8Array<ArrayBuffer> | undefined {
    const writer = this.#writer;
    const handshake = this.#handshake;
    const isInit = handshake.sendsInit;
    const { localPort = DEFAULT_PORT, remotePort = DEFAULT_PORT } = this.#options;
    writer.begin(localPort, remotePort, isInit ? 0 : handshake.peerTag);
    const checksumNeeded = !this.#zeroChecksum || handshake.peer?.zeroChecksum !== true;
    if (this.#state === "established" && this.#writeProbe(writer, now)) return writer.finish(checksumNeeded);
    writer.limit = this.#mtu.size;
    // A packet with INIT, INIT ACK or COOKIE ECHO has a checksum whatever was agreed.
    let checksum = this.#control.write(writer);
    if (this.#state !== "ended") {
      if (handshake.write(writer, now)) checksum = true;
      // INIT is alone in its packet.
      if (!isInit && this.#state === "established") this.#writeEstablished(writer, now);
    }
    if (writer.empty) return undefined;
    return writer.finish(checksum || checksumNeeded);
  }

  /** A packet of a size that is to be tried: a heartbeat, padded (RFC 8899, section 6.2.1). */
  #writeProbe(writer: PacketWriter, now: number): boolean {
    const size = this.#mtu.probe(this.sender!.rtt.rto, now);
    if (size === undefined) return false;
    writer.limit = size;
    writer.add(ChunkType.HEARTBEAT, heartbeatInfo(size));
    writer.add(ChunkType.PAD, new Uint8Array(writer.room - CHUNK_HEADER_SIZE));
    return true;
  }

  #writeEstablished(writer: PacketWriter, now: number): void {
    const { sender, receiver, reset } = this.#halves!;
    const request = reset.write(sender.lastTsn, (id) => sender.queue.isDrained(id), sender.rtt.rto, now);
    // One that does not fit is sent with its repetition.
    if (request !== undefined && chunkSize(request.byteLength) <= writer.room) {
      writer.add(ChunkType.RECONFIG, request);
    }
    const before = writer.length;
    // Before the data: a control chunk behind DATA is a protocol violation (RFC 9260, section 6.10).
    if (receiver.isDue(now, !writer.empty || sender.willSend(now))) receiver.write(writer);
    sender.fill(writer, now);
    if (writer.length !== before) this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
  }

  #belongs(tag: number, chunks: readonly ChunkView[]): boolean {
    const first = chunks[0]!;
    if (first.type === ChunkType.INIT) return tag === 0 && chunks.length === 1;
    if (first.type === ChunkType.ABORT || first.type === ChunkType.SHUTDOWN_COMPLETE) {
      // The T bit: whoever sends it knows only the tag that this side sends with.
      return tag === ((first.flags & 1) === 1 ? this.#handshake.peerTag : this.#handshake.localTag);
    }
    return tag === this.#handshake.localTag;
  }

  /** Takes one chunk; false where the rest of the packet is to be left. */
  #take({ type, flags, value }: ChunkView, now: number): boolean {
    switch (type) {
      case ChunkType.DATA:
        this.#halves?.receiver.data(flags, value);
        return true;
      case ChunkType.SACK: {
        const sack = readSack(value);
        if (sack !== undefined) this.sender?.acknowledge(sack, now);
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
        if (this.#state === "cookie-echoed") this.#established(now);
        return true;
      case ChunkType.HEARTBEAT:
        this.#control.push(ChunkType.HEARTBEAT_ACK, value);
        return true;
      case ChunkType.RECONFIG: {
        const answer = this.#halves?.reset.receive(value, this.#halves.receiver.cumulativeTsn);
        if (answer !== undefined) this.#control.push(ChunkType.RECONFIG, answer);
        return true;
      }
      case ChunkType.FORWARD_TSN:
        this.#halves?.receiver.forward(value);
        return true;
      case ChunkType.ABORT:
      case ChunkType.SHUTDOWN_COMPLETE:
        this.#finish();
        return false;
      case ChunkType.SHUTDOWN:
        this.#control.push(ChunkType.SHUTDOWN_ACK);
        if (this.#state === "established") this.#enter("shutdown-ack-sent");
        return true;
      case ChunkType.SHUTDOWN_ACK:
        this.#control.push(ChunkType.SHUTDOWN_COMPLETE);
        this.#finish();
        return false;
      case ChunkType.HEARTBEAT_ACK:
        this.#mtu.acknowledged(probeSize(value), now);
        return true;
      case ChunkType.PAD:
      case ChunkType.ERROR:
        return true;
      default:
        // The two high bits say what to do with a type one does not know (RFC 9260, section 3.2).
        return (type & 0x80) !== 0;
    }
  }

  #initReceived(value: Uint8Array): void {
    // A peer that begins anew does so with a new DTLS connection.
    if (this.#state !== "closed" && this.#state !== "cookie-wait") return;
    const answer = this.#handshake.initReceived(value);
    if (answer !== undefined) this.#control.putFirst(ChunkType.INIT_ACK, answer);
  }

  #initAckReceived(value: Uint8Array, now: number): void {
    if (this.#state !== "cookie-wait" || !this.#handshake.initAckReceived(value, now)) return;
    this.#makeHalves();
    this.#enter("cookie-echoed");
  }

  #cookieEchoed(value: Uint8Array, now: number): boolean {
    if (!this.#handshake.isOwnCookie(value)) return false;
    this.#control.push(ChunkType.COOKIE_ACK);
    if (this.#state === "established") return true;
    this.#makeHalves();
    this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
    this.#established(now);
    return true;
  }

  #established(now: number): void {
    this.#handshake.end();
    this.#mtu.search(now);
    this.#enter("established");
  }

  #makeHalves(): void {
    const { initialTsn, peer } = this.#handshake;
    const { controller = CONTROLLERS[DEFAULT_CONTROLLER], receiveWindow = RECEIVE_WINDOW, random } =
      this.#options;
    const sender = new Sender({
      initialTsn,
      peerWindow: peer!.receiveWindow,
      path: this.#mtu,
      onreleased: (message) => this.onreleased(message),
      controller: controller({ maxPacketSize: this.#mtu.size, random }),
    });
    const receiver = new Receiver(
      peer!.initialTsn,
      receiveWindow,
      (streamId, ppid, data, ssn) => this.onmessage(streamId, ppid, data, ssn),
    );
    const reset = new StreamReset(initialTsn, peer!.initialTsn, {
      incoming: (streams) => {
        for (const id of streams) receiver.resetStream(id);
        this.onincomingreset(streams);
      },
      outgoing: (streams) => {
        for (const id of streams) sender.queue.reset(id);
        this.onoutgoingreset(streams);
      },
    });
    this.#halves = { sender, receiver, reset };
  }

  #heartbeat(now: number): void {
    this.#heartbeatAt = now + HEARTBEAT_INTERVAL;
    this.#control.push(ChunkType.HEARTBEAT, heartbeatInfo(0));
  }

  #finish(): void {
    this.sender?.queue.clear();
    this.#handshake.end();
    this.#heartbeatAt = Infinity;
    this.#enter("ended");
  }

  #enter(state: AssociationState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onstate(state);
  }
}
