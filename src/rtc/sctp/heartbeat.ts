import { ParameterType } from "./constants.ts";
import { readParameters, writeParameters } from "./parameters.ts";

/** What this side puts into HEARTBEAT and gets back (RFC 9260, section 3.3.5): the size of a probe, or 0. */
export function heartbeatInfo(probeSize: number): Uint8Array<ArrayBuffer> {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, probeSize);
  return writeParameters([{ type: ParameterType.HEARTBEAT_INFO, value }]);
}

/** The probe's size in the value of HEARTBEAT ACK; 0 where it answers no probe. */
export function probeSize(value: Uint8Array): number {
  const info = readParameters(value)?.find(({ type }) => type === ParameterType.HEARTBEAT_INFO)?.value;
  if (info?.byteLength !== 4) return 0;
  return new DataView(info.buffer, info.byteOffset, 4).getUint32(0);
}
