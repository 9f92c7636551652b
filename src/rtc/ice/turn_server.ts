import "../quiet_env.ts";
import type { Buffer } from "node:buffer";
import { classes, type Message, parseMessage } from "werift";
import { sameAddress } from "./address.ts";
import type { WeriftTurn } from "./werift_connection.ts";

/** The server has a newer nonce (RFC 8489, section 14.8). */
const STALE_NONCE = 438;

/**
 * Takes a TURN server's word from the server alone: anybody can send to the socket that it is talked to
 * with, and write into a message what a peer is said to have sent.
 *
 * @param onstranger is called for each datagram of somebody else
 */
export function onlyFromServer(turn: WeriftTurn, onstranger: () => void): void {
  // A stream has one other end.
  if (turn.transport.type !== "udp") return;
  const pass = turn.dataReceived.bind(turn);
  turn.dataReceived = (data, from) => {
    const server = turn.serverEndpoint;
    if (server !== undefined && from[1] === server[1] && sameAddress(from[0], server[0])) pass(data, from);
    else onstranger();
  };
}

/**
 * Lets the error that tells a new nonce through to its transaction. It cannot be signed (RFC 8489, section
 * 9.2.5), and werift drops what is not; when it asks again, it signs the first signature too. A relayed
 * candidate would come seconds late with some servers, and end with the first nonce.
 */
export function takeNewNonces(turn: WeriftTurn): void {
  const pass = turn.handleSTUNMessage.bind(turn);
  turn.handleSTUNMessage = (data, from) => {
    const message = staleNonce(data);
    const transaction = message && turn.transactions[message.transactionIdHex];
    if (transaction === undefined) return pass(data, from);
    const attributes = transaction.request.getAttributes();
    const unsigned = attributes.filter(([name]) => name !== "MESSAGE-INTEGRITY" && name !== "FINGERPRINT");
    attributes.splice(0, Infinity, ...unsigned);
    // The transaction's own check of the address still stands.
    delete transaction.integrityKey;
    transaction.responseReceived(message!, from);
  };
}

function staleNonce(data: Buffer): Message | undefined {
  if (data.length < 2 || (data.readUInt16BE(0) & classes.ERROR) !== classes.ERROR) return undefined;
  const message = parseMessage(data);
  return message?.getAttributeValue("ERROR-CODE")?.[0] === STALE_NONCE ? message : undefined;
}
