/** What crosses a simulated path: a packet of bytes, or a stand-in that says how long it would be. */
export interface Packet {
  readonly byteLength: number;
}

/** One end of a flow, without a clock or a socket of its own. Times are in ms of virtual time. */
export interface Endpoint<P extends Packet = Uint8Array> {
  receive(packet: P, now: number): void;
  /** The next packet to send now, valid until the next call; undefined when nothing may be sent. */
  poll(now: number): P | undefined;
  /** When {@link tick} and {@link poll} are due. */
  readonly nextTimeout: number | undefined;
  tick(now: number): void;
}
