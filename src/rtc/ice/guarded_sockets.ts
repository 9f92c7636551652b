import "../quiet_env.ts";
import { Buffer } from "node:buffer";
import { classes, Message, methods } from "werift";
import type { GuardedSocket, OpenTransaction, PeerGuard } from "./peer_guard.ts";
import { type Source, Sources } from "./sources.ts";
import type { StunMessage } from "./stun_message.ts";
import { onlyFromServer, takeNewNonces } from "./turn_server.ts";
import type { Address, WeriftConnection, WeriftPair, WeriftProtocol } from "./werift_connection.ts";

/** The most remote candidates of one generation, signalled and learnt. */
export const MAX_REMOTE_CANDIDATES = 64;

/** The most pairs that are made of candidates, the relayed ones aside (RFC 8445, section 6.1.2.5). */
const MAX_FORMED_PAIRS = 100;

/** Checks that come in may make so many more: a peer that got through is not refused for a long list. */
const MAX_PAIRS = MAX_FORMED_PAIRS + 2 * MAX_REMOTE_CANDIDATES;

/** The first bytes of DTLS records (RFC 7983, section 7). */
const FIRST_DTLS = 20;
const LAST_DTLS = 63;

/** The last first byte of STUN. */
const LAST_STUN = 3;

export interface GuardedSocketsEvents {
  /** A datagram of the peer's that is not STUN; its memory is used again after the call. */
  ondatagram(datagram: Buffer): void;
  /** A verified check has been handed on that came over a pair. @param nominated USE-CANDIDATE was in it */
  oncheck(pair: WeriftPair, source: Source, nominated: boolean, now: number): void;
}

/**
 * Puts a {@link PeerGuard} between the sockets of a connection and werift: before a datagram is parsed
 * there, and for relayed candidates both around the server's messages and in them. Data goes past werift.
 */
export class GuardedSockets {
  readonly #connection: WeriftConnection;
  readonly #guard: PeerGuard;
  readonly #events: GuardedSocketsEvents;
  readonly #sources = new Map<WeriftProtocol, Sources>();

  constructor(connection: WeriftConnection, guard: PeerGuard, events: GuardedSocketsEvents) {
    this.#connection = connection;
    this.#guard = guard;
    this.#events = events;
    const ensure = connection.ensureProtocol.bind(connection);
    connection.ensureProtocol = (protocol) => {
      this.#wrap(protocol);
      ensure(protocol);
    };
  }

  /** Whether a pair of two candidates may be made. */
  allowsPair(pair: { readonly protocol: { readonly type: string } }): boolean {
    return pair.protocol.type === "turn" || this.#connection.checkList.length < MAX_FORMED_PAIRS;
  }

  /** The peer's end of a pair; undefined where nothing verified has come over it. */
  sourceOf({ protocol, remoteAddr: [host, port] }: WeriftPair): Source | undefined {
    return this.#sources.get(protocol)?.find(host, port);
  }

  /** Forgets the addresses that were not verified in `generation` or later. */
  forgetBefore(generation: number): void {
    for (const sources of this.#sources.values()) sources.forgetBefore(generation);
  }

  /**
   * Before a restart: werift asks for another relayed address each time and gives none back. The newest
   * is kept, and the one that `pair` is made of.
   */
  closeOldRelayed(pair: WeriftPair | undefined): void {
    const relayed = this.#connection.protocols.filter(({ type }) => type === "turn");
    const old = relayed.slice(0, -1).filter((protocol) => protocol !== pair?.protocol);
    this.#connection.protocols = this.#connection.protocols.filter((protocol) => !old.includes(protocol));
    for (const protocol of old) {
      this.#sources.delete(protocol);
      protocol.close().catch(() => {});
    }
  }

  #wrap(protocol: WeriftProtocol): void {
    const sources = new Sources();
    this.#sources.set(protocol, sources);
    const { turn } = protocol;
    const transactions = turn ?? protocol;
    const socket: GuardedSocket = {
      sources,
      openTransaction: (id) => openTransaction(transactions, id),
      hasRoomFor: (host, port) => this.#hasRoomFor(protocol, host, port),
    };
    const entry = turn === undefined ? "datagramReceived" : "handleStunMessage";
    const pass = protocol[entry]!.bind(protocol);
    protocol[entry] = (data, from) => {
      const [host, port] = from;
      const first = data[0] ?? -1;
      if (first >= FIRST_DTLS && first <= LAST_DTLS) {
        if (sources.accepts(host, port)) this.#events.ondatagram(data);
        else this.#guard.drop("stranger");
        return;
      }
      if (first < 0 || first > LAST_STUN) return this.#guard.drop("kind");
      const now = performance.now();
      const passed = this.#guard.take(data, socket, host, port, now);
      if (passed === undefined) return;
      if (passed.what === "earlier check") return this.#answer(protocol, from, passed.message, passed.key);
      pass(data, from);
      if (passed.what !== "check") return;
      const pair = this.#pair(protocol, host, port);
      if (pair !== undefined) this.#events.oncheck(pair, passed.source, passed.message.useCandidate, now);
    };
    if (turn !== undefined) {
      onlyFromServer(turn, () => this.#guard.drop("stranger"));
      takeNewNonces(turn);
    }
  }

  #hasRoomFor(protocol: WeriftProtocol, host: string, port: number): boolean {
    const { remoteCandidates, checkList } = this.#connection;
    const candidate = remoteCandidates.find((remote) => remote.port === port && remote.host === host);
    if (candidate === undefined && remoteCandidates.length >= MAX_REMOTE_CANDIDATES) return false;
    return checkList.length < MAX_PAIRS || this.#pair(protocol, host, port) !== undefined;
  }

  #pair(protocol: WeriftProtocol, host: string, port: number): WeriftPair | undefined {
    return this.#connection.checkList.find(({ protocol: local, remoteCandidate: remote }) =>
      local === protocol && remote.port === port && remote.host === host
    );
  }

  /** A success response (RFC 8445, section 7.3), without the part that checks have in werift's list. */
  #answer(protocol: WeriftProtocol, to: Address, { transactionId }: StunMessage, key: Uint8Array): void {
    const response = new Message(methods.BINDING, classes.RESPONSE, Buffer.from(transactionId, "hex"))
      .setAttribute("XOR-MAPPED-ADDRESS", to)
      .addMessageIntegrity(Buffer.from(key))
      .addFingerprint();
    protocol.sendStun(response, to).catch(() => {});
  }
}

function openTransaction(
  { transactions }: Pick<WeriftProtocol, "transactions">,
  id: string,
): OpenTransaction | undefined {
  return transactions !== undefined && Object.hasOwn(transactions, id) ? transactions[id] : undefined;
}
