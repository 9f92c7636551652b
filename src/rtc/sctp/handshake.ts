import { ChunkType, MAX_INIT_RETRANSMISSIONS, RTO_INITIAL, STREAMS } from "./constants.ts";
import { type Init, readInit, writeInit } from "./init_chunk.ts";
import { chunkSize, type PacketWriter } from "./packet.ts";

const COOKIE_SIZE = 32;

/** Doublings of the wait for an answer at most. */
const MAX_BACKOFF = 3;

export interface HandshakeOptions {
  /** Uniform in 0 to 1. */
  readonly random: () => number;
  /** Bytes this side buffers. */
  readonly receiveWindow: number;
  /** Announce packets without a checksum (RFC 9653). */
  readonly zeroChecksum: boolean;
}

/**
 * The four messages that set an association up (RFC 9260, section 5.1), of either side: what each has said,
 * and what is repeated until it is answered.
 */
export class Handshake {
  readonly localTag: number;
  readonly initialTsn: number;
  /** What the peer has said of itself. */
  peer: Init | undefined;
  readonly #options: HandshakeOptions;
  #cookie: Uint8Array | undefined;
  /** INIT or COOKIE ECHO. */
  #repeated: { readonly type: number; readonly value: Uint8Array; at: number; tries: number } | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.localTag = 1 + Math.floor(options.random() * 0xffff_fffe);
    this.initialTsn = Math.floor(options.random() * 0x1_0000_0000);
  }

  get peerTag(): number {
    return this.peer?.initiateTag ?? 0;
  }

  /** When something is to be sent again; undefined where nothing waits for an answer. */
  get nextTimeout(): number | undefined {
    return this.#repeated?.at;
  }

  /** It was repeated often enough. */
  get failed(): boolean {
    return this.#repeated !== undefined && this.#repeated.tries > MAX_INIT_RETRANSMISSIONS;
  }

  /** INIT is the next to be sent, and alone in its packet, whose tag is 0. */
  get sendsInit(): boolean {
    return this.#repeated?.type === ChunkType.INIT;
  }

  begin(now: number): void {
    this.#repeated = { type: ChunkType.INIT, value: writeInit(this.#own()), at: now, tries: 0 };
  }

  /** Takes INIT; the value of the INIT ACK, or undefined for one that is refused. */
  initReceived(value: Uint8Array): Uint8Array | undefined {
    const init = readInit(value);
    if (init === undefined) return undefined;
    this.peer = init;
    this.#cookie ??= Uint8Array.from({ length: COOKIE_SIZE }, () => Math.floor(this.#options.random() * 256));
    return writeInit(this.#own(this.#cookie));
  }

  /** Takes INIT ACK, and echoes its cookie from now on; false for one that is refused. */
  initAckReceived(value: Uint8Array, now: number): boolean {
    const init = readInit(value);
    if (init?.cookie === undefined) return false;
    this.peer = init;
    this.#repeated = { type: ChunkType.COOKIE_ECHO, value: init.cookie.slice(), at: now, tries: 0 };
    return true;
  }

  /** Whether a COOKIE ECHO has the cookie that this side gave. */
  isOwnCookie(value: Uint8Array): boolean {
    const cookie = this.#cookie;
    return cookie !== undefined && value.byteLength >= COOKIE_SIZE &&
      cookie.every((byte, i) => byte === value[i]);
  }

  /** Nothing needs to be repeated any more. */
  end(): void {
    this.#repeated = undefined;
  }

  /** Writes what is due; answers whether it did. */
  write(writer: PacketWriter, now: number): boolean {
    const repeated = this.#repeated;
    if (repeated === undefined || now < repeated.at) return false;
    const { type, value } = repeated;
    if (chunkSize(value.byteLength) > writer.room) return false;
    writer.add(type, value);
    repeated.at = now + RTO_INITIAL * 2 ** Math.min(repeated.tries++, MAX_BACKOFF);
    return true;
  }

  #own(cookie?: Uint8Array): Init {
    return {
      initiateTag: this.localTag,
      receiveWindow: this.#options.receiveWindow,
      outboundStreams: STREAMS,
      inboundStreams: STREAMS,
      initialTsn: this.initialTsn,
      zeroChecksum: this.#options.zeroChecksum,
      cookie,
    };
  }
}
