/** DTLS 1.2 records (RFC 6347, section 4.1): type u8 · version u16 · epoch u16 · sequence u48 · length u16. */
export const RECORD_HEADER_SIZE = 13;

export const ContentType = {
  CHANGE_CIPHER_SPEC: 20,
  ALERT: 21,
  HANDSHAKE: 22,
  APPLICATION_DATA: 23,
} as const;

/** One record of a datagram; `bytes` holds its header too and shares the datagram's memory. */
export interface RecordView {
  readonly type: number;
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly fragment: Uint8Array;
}

/** The records of a datagram, up to the first that is cut short. */
export function* records(datagram: Uint8Array): Generator<RecordView> {
  let at = 0;
  while (at + RECORD_HEADER_SIZE <= datagram.byteLength) {
    const length = (datagram[at + 11]! << 8) | datagram[at + 12]!;
    const end = at + RECORD_HEADER_SIZE + length;
    if (end > datagram.byteLength) return;
    yield {
      type: datagram[at]!,
      epoch: (datagram[at + 3]! << 8) | datagram[at + 4]!,
      bytes: datagram.subarray(at, end),
      fragment: datagram.subarray(at + RECORD_HEADER_SIZE, end),
    };
    at = end;
  }
}
