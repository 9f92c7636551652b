import { ChunkType, EDMID_DTLS, ParameterType } from "./constants.ts";
import { type Parameter, readParameters, writeParameters } from "./parameters.ts";

/**
 * INIT and INIT ACK (RFC 9260, sections 3.3.2 and 3.3.3): initiate tag u32 · receiver window u32 · outbound
 * streams u16 · inbound streams u16 · initial TSN u32 · parameters.
 */
export interface Init {
  readonly initiateTag: number;
  readonly receiveWindow: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly initialTsn: number;
  /** The sender accepts packets without a checksum (RFC 9653). */
  readonly zeroChecksum: boolean;
  readonly cookie: Uint8Array | undefined;
}

const FIXED_SIZE = 16;

const EXTENSIONS = new Uint8Array([ChunkType.RECONFIG, ChunkType.FORWARD_TSN]);
const NOTHING = new Uint8Array(0);

/** Undefined for one that is malformed or that RFC 9260 says to refuse. */
export function readInit(value: Uint8Array): Init | undefined {
  if (value.byteLength < FIXED_SIZE) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const parameters = readParameters(value.subarray(FIXED_SIZE));
  if (parameters === undefined) return undefined;
  const zero = parameters.find(({ type }) => type === ParameterType.ZERO_CHECKSUM)?.value;
  const init: Init = {
    initiateTag: view.getUint32(0),
    receiveWindow: view.getUint32(4),
    outboundStreams: view.getUint16(8),
    inboundStreams: view.getUint16(10),
    initialTsn: view.getUint32(12),
    zeroChecksum: zero !== undefined && zero.byteLength === 4 && zero[3] === EDMID_DTLS &&
      (zero[0]! | zero[1]! | zero[2]!) === 0,
    cookie: parameters.find(({ type }) => type === ParameterType.STATE_COOKIE)?.value,
  };
  const usable = init.initiateTag !== 0 && init.outboundStreams !== 0 && init.inboundStreams !== 0;
  return usable ? init : undefined;
}

export function writeInit(init: Init): Uint8Array<ArrayBuffer> {
  const parameters: Parameter[] = [
    { type: ParameterType.SUPPORTED_EXTENSIONS, value: EXTENSIONS },
    { type: ParameterType.FORWARD_TSN_SUPPORTED, value: NOTHING },
  ];
  if (init.zeroChecksum) {
    parameters.push({ type: ParameterType.ZERO_CHECKSUM, value: new Uint8Array([0, 0, 0, EDMID_DTLS]) });
  }
  if (init.cookie !== undefined) parameters.push({ type: ParameterType.STATE_COOKIE, value: init.cookie });
  const rest = writeParameters(parameters);
  const bytes = new Uint8Array(FIXED_SIZE + rest.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, init.initiateTag);
  view.setUint32(4, init.receiveWindow);
  view.setUint16(8, init.outboundStreams);
  view.setUint16(10, init.inboundStreams);
  view.setUint32(12, init.initialTsn);
  bytes.set(rest, FIXED_SIZE);
  return bytes;
}
