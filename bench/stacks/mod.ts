/** WebRTC stacks by name. Each is imported when it is asked for: an addon loads in the child that uses it. */
import type { MakePeer } from "./peer.ts";
import type { W3cConnection } from "./w3c.ts";

const LOADERS = {
  async libdatachannel(): Promise<MakePeer> {
    const { LibdatachannelPeer } = await import("./libdatachannel.ts");
    return (events) => new LibdatachannelPeer(events);
  },
  async libwebrtc(): Promise<MakePeer> {
    const { default: wrtc } = await import("@roamhq/wrtc");
    const { W3cPeer } = await import("./w3c.ts");
    return (events) => new W3cPeer(new wrtc.RTCPeerConnection({}) as unknown as W3cConnection, events);
  },
  /** Its defaults, except that it asks no STUN server on the public internet. */
  async werift(): Promise<MakePeer> {
    const { RTCPeerConnection } = await import("werift");
    const { W3cPeer } = await import("./w3c.ts");
    return (events) =>
      new W3cPeer(new RTCPeerConnection({ iceServers: [] }) as unknown as W3cConnection, events);
  },
};

export type StackName = keyof typeof LOADERS;

/** @throws {Error} when there is no such stack, or its addon cannot be loaded on this machine */
export function loadStack(name: string): Promise<MakePeer> {
  if (!Object.hasOwn(LOADERS, name)) throw new Error(`no stack is called ${name}`);
  return LOADERS[name as StackName]();
}
