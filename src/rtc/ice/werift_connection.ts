import "../quiet_env.ts";
import type { Buffer } from "node:buffer";
import {
  type Candidate,
  type CandidatePair,
  type Message,
  type RTCIceGatherer,
  StunProtocol,
  TurnProtocol,
} from "werift";
import type { OpenTransaction } from "./peer_guard.ts";

/** An address as werift writes it. */
export type Address = readonly [string, number];

/** A local socket of werift's, or its relayed candidate: the parts that are used here. */
export interface WeriftProtocol {
  readonly type: string;
  readonly transport?: unknown;
  readonly transactions?: Readonly<Record<string, OpenTransaction>>;
  /** Of a UDP socket: takes a datagram. */
  datagramReceived?(data: Buffer, from: Address): void;
  /** Of a relayed candidate: takes what a peer has sent to it. */
  handleStunMessage?(data: Buffer, from: Address): void;
  readonly turn?: WeriftTurn;
  close(): Promise<void>;
  sendStun(message: Message, to: Address): Promise<void>;
  sendData(data: Buffer, to: Address): Promise<void>;
}

/** A request to a TURN server, or by way of it. */
export interface WeriftTransaction extends OpenTransaction {
  integrityKey?: Uint8Array;
  readonly request: Message;
  responseReceived(response: Message, from: Address): void;
}

/** The association with a TURN server. */
export interface WeriftTurn {
  readonly transport: { readonly type: string };
  readonly transactions: Readonly<Record<string, WeriftTransaction>>;
  /** Where the server is, once it has answered. */
  readonly serverEndpoint: Address | undefined;
  /** Takes what has arrived at the socket. */
  dataReceived(data: Buffer, from: Address): void;
  /** Takes one message of the server's. */
  handleSTUNMessage(data: Buffer, from: Address): void;
}

export interface WeriftPair extends Pick<CandidatePair, "state" | "remoteAddr"> {
  readonly protocol: WeriftProtocol;
  readonly localCandidate: Candidate;
  readonly remoteCandidate: Candidate;
  nominated: boolean;
  /** Grows with every check of the peer's; nothing but a statistic reads it. */
  readonly requestTransactionIds: Set<string>;
}

/** werift's ICE agent: the parts that are used here, public or not. */
export interface WeriftConnection {
  localUsername: string;
  localPassword: string;
  /** Passwords of the generations whose checks are answered, by username fragment. */
  userHistory: Record<string, string>;
  /** Sockets and relayed candidates; they outlive a restart. */
  protocols: readonly WeriftProtocol[];
  readonly checkList: readonly WeriftPair[];
  readonly remoteCandidates: readonly Candidate[];
  readonly nominated?: WeriftPair;
  /** Whether the peer still consents to data over the nominated pair. */
  canSendApplicationData(): boolean;
  /** Is shown each socket before anything can arrive at it. */
  ensureProtocol(protocol: WeriftProtocol): void;
  pairRemoteCandidate(candidate: Candidate): void;
  sortCheckList(): void;
  resetNominatedPair(): void;
  checkComplete(pair: WeriftPair): void;
  /** Resolves when the check is over, whatever came of it. */
  checkStart(pair: WeriftPair): { readonly awaitable: Promise<void> };
}

const CONNECTION_METHODS = [
  "ensureProtocol",
  "pairRemoteCandidate",
  "sortCheckList",
  "resetNominatedPair",
  "checkComplete",
  "checkStart",
  "canSendApplicationData",
] as const;

/**
 * The connection of an RTCIceGatherer, with what werift does not declare.
 *
 * @throws {Error} where it is not the werift that this was written for: its checks would come in unseen
 */
export function weriftConnection(gatherer: RTCIceGatherer): WeriftConnection {
  const whole = gatherer.connection as unknown as WeriftConnection;
  const fits = has(whole, CONNECTION_METHODS) && Array.isArray(whole.protocols) &&
    has(StunProtocol.prototype, ["datagramReceived"]) &&
    has(TurnProtocol.prototype, ["dataReceived", "handleSTUNMessage"]);
  if (!fits) throw new Error("this werift's ICE is not the one that it is guarded for");
  return whole;
}

function has(object: object, methods: readonly string[]): boolean {
  return methods.every((name) => typeof (object as Record<string, unknown>)[name] === "function");
}
