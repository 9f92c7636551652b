/** The real WebRTC stacks that viewers in the tests run on, both with the W3C's interface. */
import { RTCPeerConnection as LibdatachannelConnection } from "node-datachannel/polyfill";
import wrtc from "@roamhq/wrtc";

// deno-lint-ignore no-explicit-any -- the DOM's types are not loaded here; the interface is the W3C's.
export type PeerConnection = any;

export const STACKS = {
  libdatachannel: () => new LibdatachannelConnection() as PeerConnection,
  libwebrtc: () => new wrtc.RTCPeerConnection({}) as PeerConnection,
} as const;

export type StackName = keyof typeof STACKS;

export const STACK_NAMES = Object.keys(STACKS) as StackName[];
