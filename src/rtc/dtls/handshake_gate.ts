import {
  fragments,
  type HandshakeMessage,
  HandshakeType,
  MessageOrder,
  wholeFragment,
} from "./handshake_message.ts";
import { ContentType, RECORD_HEADER_SIZE, records, type RecordView } from "./record_header.ts";
import { isSignedByCertificate } from "./server_key_exchange.ts";

/** What a server may say in clear. */
const SERVER_MESSAGES: readonly number[] = [
  HandshakeType.SERVER_HELLO,
  HandshakeType.HELLO_VERIFY_REQUEST,
  HandshakeType.CERTIFICATE,
  HandshakeType.SERVER_KEY_EXCHANGE,
  HandshakeType.CERTIFICATE_REQUEST,
  HandshakeType.SERVER_HELLO_DONE,
];

/** Where a hello's 32 random bytes are: behind the version. */
const RANDOM_OFFSET = 2;
const RANDOM_SIZE = 32;

/**
 * Stands between the network and werift's DTLS client, for what that client leaves out:
 *
 * - A server that hears nothing repeats its flight, some after 50 ms; werift would make new keys for the
 *   repetition, and the two sides would never understand each other. So each message passes once, whole
 *   and in order.
 * - It does not look at the signature of ServerKeyExchange; here the handshake fails without it.
 * - Anyone can send a plaintext alert, Finished or unknown record; they do not pass.
 */
export class HandshakeGate {
  readonly #deliver: (datagram: Uint8Array<ArrayBuffer>) => void;
  readonly #onforged: () => void;
  readonly #order = new MessageOrder();
  #clientRandom: Uint8Array | undefined;
  #serverRandom: Uint8Array | undefined;
  #certificates: Uint8Array | undefined;
  #verified = false;
  #over = false;

  /**
   * @param deliver takes what passes, as datagrams
   * @param onforged is called once, when the server's key is not its certificate's
   */
  constructor(deliver: (datagram: Uint8Array<ArrayBuffer>) => void, onforged: () => void) {
    this.#deliver = deliver;
    this.#onforged = onforged;
  }

  /** Looks at a datagram of this side, on its way out. */
  sent(datagram: Uint8Array): void {
    if (this.#verified) return;
    for (const record of records(datagram)) {
      if (record.type !== ContentType.HANDSHAKE || record.epoch !== 0) continue;
      for (const { type, offset, body } of fragments(record.fragment)) {
        if (type === HandshakeType.CLIENT_HELLO && offset === 0) this.#clientRandom = random(body);
      }
    }
  }

  /** Takes a datagram of the peer. */
  received(datagram: Uint8Array): void {
    for (const record of records(datagram)) {
      if (this.#over) return;
      if (record.epoch === 0) this.#plain(record);
      else if (this.#verified && isKnown(record)) this.#deliver(new Uint8Array(record.bytes));
    }
  }

  #plain(record: RecordView): void {
    if (record.type === ContentType.CHANGE_CIPHER_SPEC) return this.#deliver(new Uint8Array(record.bytes));
    if (record.type !== ContentType.HANDSHAKE) return;
    for (const fragment of fragments(record.fragment)) {
      if (!SERVER_MESSAGES.includes(fragment.type)) continue;
      for (const message of this.#order.add(fragment)) this.#pass(message, record);
    }
  }

  #pass(message: HandshakeMessage, record: RecordView): void {
    if (this.#over) return;
    switch (message.type) {
      case HandshakeType.SERVER_HELLO:
        this.#serverRandom = random(message.body);
        break;
      case HandshakeType.CERTIFICATE:
        this.#certificates = message.body;
        break;
      case HandshakeType.SERVER_KEY_EXCHANGE:
        if (!this.#verify(message.body)) return this.#forged();
        this.#verified = true;
        break;
      case HandshakeType.SERVER_HELLO_DONE:
        if (!this.#verified) return this.#forged();
    }
    const whole = wholeFragment(message);
    const datagram = new Uint8Array(RECORD_HEADER_SIZE + whole.byteLength);
    datagram.set(record.bytes.subarray(0, RECORD_HEADER_SIZE));
    new DataView(datagram.buffer).setUint16(11, whole.byteLength);
    datagram.set(whole, RECORD_HEADER_SIZE);
    this.#deliver(datagram);
  }

  #verify(exchange: Uint8Array): boolean {
    const [client, server, certificates] = [this.#clientRandom, this.#serverRandom, this.#certificates];
    if (client === undefined || server === undefined || certificates === undefined) return false;
    return isSignedByCertificate(certificates, exchange, client, server);
  }

  #forged(): void {
    this.#over = true;
    this.#onforged();
  }
}

function random(hello: Uint8Array): Uint8Array | undefined {
  if (hello.byteLength < RANDOM_OFFSET + RANDOM_SIZE) return undefined;
  // Copied: the datagram's memory is used again, and a Buffer's slice() would share it.
  return new Uint8Array(hello.subarray(RANDOM_OFFSET, RANDOM_OFFSET + RANDOM_SIZE));
}

function isKnown({ type }: RecordView): boolean {
  return type >= ContentType.CHANGE_CIPHER_SPEC && type <= ContentType.APPLICATION_DATA;
}
