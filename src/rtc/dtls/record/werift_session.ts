import { records } from "../record_header.ts";
import { KEY_SIZE, NONCE_SIZE, readSequence, SALT_SIZE, SEQUENCE_END, VERSION } from "./layout.ts";

/** What a finished handshake leaves behind for application data. Keys and salts are copies. */
export interface SessionKeys {
  readonly writeKey: Uint8Array;
  readonly writeSalt: Uint8Array;
  readonly readKey: Uint8Array;
  readonly readSalt: Uint8Array;
  readonly epoch: number;
  /** Higher than every number the handshake has used under `writeKey`. */
  readonly first: number;
}

/** werift's `SessionType.CLIENT`. */
const CLIENT = 1;

/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5289). */
const SUITES: readonly unknown[] = [0xc02b, 0xc02f];

/** The fields of werift's `DtlsSocket` that are read or replaced; it declares most of them, but not all. */
export interface WeriftSocket {
  readonly sessionType: number;
  readonly connected: boolean;
  send: (data: never) => Promise<void>;
  readonly transport: { readonly socket: { onData: (data: never) => void } };
  readonly dtls: {
    readonly epoch: number;
    readonly recordSequenceNumber: number;
    readonly version: { readonly major: number; readonly minor: number };
    /** The last flight as it went out: ends with Finished. */
    readonly lastMessage: readonly Uint8Array[];
  };
  readonly cipher: {
    readonly cipherSuite: number;
    encryptPacket: (packet: never) => unknown;
    readonly cipher: {
      readonly blockAlgorithm: string;
      readonly clientWriteKey: Uint8Array;
      readonly serverWriteKey: Uint8Array;
      /** 12 bytes, of which the first 4 are the salt; werift writes each record's number behind them. */
      readonly clientNonce: Uint8Array;
      readonly serverNonce: Uint8Array;
    };
  };
}

/**
 * Whether an object is a connected DTLS client of werift's with the fields this version is known to have,
 * under AES-128-GCM.
 */
export function isWeriftSocket(value: unknown): value is WeriftSocket {
  const socket = fields(value);
  const dtls = fields(socket.dtls);
  const version = fields(dtls.version);
  const context = fields(socket.cipher);
  const cipher = fields(context.cipher);
  return socket.sessionType === CLIENT && socket.connected === true &&
    typeof socket.send === "function" &&
    typeof fields(fields(socket.transport).socket).onData === "function" &&
    dtls.epoch === 1 && isSequence(dtls.recordSequenceNumber) &&
    version.major === VERSION >>> 8 && version.minor === (VERSION & 0xff) &&
    Array.isArray(dtls.lastMessage) && dtls.lastMessage.every((flight) => flight instanceof Uint8Array) &&
    SUITES.includes(context.cipherSuite) && typeof context.encryptPacket === "function" &&
    cipher.blockAlgorithm === "aes-128-gcm" &&
    isBytes(cipher.clientWriteKey, KEY_SIZE) && isBytes(cipher.serverWriteKey, KEY_SIZE) &&
    isBytes(cipher.clientNonce, NONCE_SIZE) && isBytes(cipher.serverNonce, NONCE_SIZE);
}

/** What a client of werift's seals with, as soon as it can; undefined where it is of another kind. */
export function writeKeys(value: unknown): { key: Uint8Array; salt: Uint8Array } | undefined {
  const context = fields(fields(value).cipher);
  const { blockAlgorithm, clientWriteKey: key, clientNonce: nonce } = fields(context.cipher);
  const known = fields(value).sessionType === CLIENT && blockAlgorithm === "aes-128-gcm";
  if (!known || !isBytes(key, KEY_SIZE) || !isBytes(nonce, NONCE_SIZE)) return undefined;
  return { key: new Uint8Array(key), salt: new Uint8Array(nonce.subarray(0, SALT_SIZE)) };
}

/** The keys of a connected session; undefined where it cannot be told which numbers have been used. */
export function sessionKeys({ dtls, cipher: { cipher } }: WeriftSocket): SessionKeys | undefined {
  const finished = highestSequence(dtls.lastMessage, dtls.epoch);
  if (finished === undefined) return undefined;
  return {
    // Not with slice(): that of a Buffer shares its memory.
    writeKey: new Uint8Array(cipher.clientWriteKey),
    writeSalt: new Uint8Array(cipher.clientNonce.subarray(0, SALT_SIZE)),
    readKey: new Uint8Array(cipher.serverWriteKey),
    readSalt: new Uint8Array(cipher.serverNonce.subarray(0, SALT_SIZE)),
    epoch: dtls.epoch,
    // werift counts application data from 1, below the number that Finished was sealed under.
    first: Math.max(dtls.recordSequenceNumber, finished) + 1,
  };
}

/** The highest sequence number of an epoch in what was sent. */
function highestSequence(sent: readonly Uint8Array[], epoch: number): number | undefined {
  let highest: number | undefined;
  for (const datagram of sent) {
    for (const record of records(datagram)) {
      if (record.epoch === epoch) highest = Math.max(highest ?? 0, readSequence(record.bytes));
    }
  }
  return highest;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === length;
}

function isSequence(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < SEQUENCE_END;
}
