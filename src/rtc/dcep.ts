/** The Data Channel Establishment Protocol (RFC 8832) and the payload protocols of RFC 8831, section 8. */

export const PayloadProtocol = {
  DCEP: 50,
  STRING: 51,
  BINARY: 53,
  STRING_EMPTY: 56,
  BINARY_EMPTY: 57,
} as const;

const MessageType = { ACK: 0x02, OPEN: 0x03 } as const;

/** Channel types: the low bits say how far a message is retransmitted, the high one that order is none. */
const RELIABLE = 0x00;
const UNORDERED = 0x80;

const OPEN_HEADER_SIZE = 12;

export interface ChannelOpen {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly reliable: boolean;
}

export const DCEP_ACK: Uint8Array<ArrayBuffer> = new Uint8Array([MessageType.ACK]);

/** Reads DATA_CHANNEL_OPEN; undefined for anything else and for one that is malformed. */
export function readChannelOpen(message: Uint8Array): ChannelOpen | undefined {
  if (message.byteLength < OPEN_HEADER_SIZE || message[0] !== MessageType.OPEN) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const labelEnd = OPEN_HEADER_SIZE + view.getUint16(8);
  const protocolEnd = labelEnd + view.getUint16(10);
  if (protocolEnd > message.byteLength) return undefined;
  const decoder = new TextDecoder();
  const type = message[1]!;
  return {
    label: decoder.decode(message.subarray(OPEN_HEADER_SIZE, labelEnd)),
    protocol: decoder.decode(message.subarray(labelEnd, protocolEnd)),
    ordered: (type & UNORDERED) === 0,
    reliable: (type & ~UNORDERED) === RELIABLE,
  };
}
