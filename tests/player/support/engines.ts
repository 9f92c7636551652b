/// <reference lib="dom" />
/** libwebrtc outside a browser. libdatachannel lives in a process of its own: it takes no second isolate. */
import wrtc from "@roamhq/wrtc";

/** Connections that are collected as garbage, or outlive their test file, can take the process with them. */
const made: RTCPeerConnection[] = [];

class TrackedConnection extends (wrtc.RTCPeerConnection as unknown as typeof RTCPeerConnection) {
  constructor(configuration: RTCConfiguration = {}) {
    super(configuration);
    made.push(this);
  }
}

Deno.test.afterAll(async () => {
  for (const connection of made) connection.close();
  // Its threads end some time after close() has returned, and there is no event for it.
  await new Promise((resolve) => setTimeout(resolve, 200));
});

export const Engine: typeof RTCPeerConnection = TrackedConnection;

export interface ChannelPair extends AsyncDisposable {
  readonly viewer: RTCDataChannel;
  readonly agent: RTCDataChannel;
}

/** A data channel over loopback, with both of its ends. The viewer's is handed out before it is open. */
export async function channelPair(label = "file:a.bin"): Promise<ChannelPair> {
  const viewer = new Engine();
  const agent = new Engine();
  const channel = viewer.createDataChannel(label);
  channel.binaryType = "arraybuffer";
  const accepted = new Promise<RTCDataChannel>((resolve) => {
    agent.ondatachannel = (event) => {
      event.channel.binaryType = "arraybuffer";
      resolve(event.channel);
    };
  });
  const early: [RTCPeerConnection, RTCIceCandidate][] = [];
  let described = false;
  const pass = (to: RTCPeerConnection) => ({ candidate }: RTCPeerConnectionIceEvent) => {
    if (!candidate?.candidate) return;
    if (described) void to.addIceCandidate(candidate);
    else early.push([to, candidate]);
  };
  viewer.onicecandidate = pass(agent);
  agent.onicecandidate = pass(viewer);
  await viewer.setLocalDescription(await viewer.createOffer());
  await agent.setRemoteDescription(viewer.localDescription!);
  await agent.setLocalDescription(await agent.createAnswer());
  await viewer.setRemoteDescription(agent.localDescription!);
  described = true;
  for (const [to, candidate] of early) void to.addIceCandidate(candidate);
  const other = await accepted;
  if (other.readyState !== "open") {
    await new Promise((resolve) => other.addEventListener("open", resolve, { once: true }));
  }
  return {
    viewer: channel,
    agent: other,
    async [Symbol.asyncDispose]() {
      viewer.close();
      agent.close();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}
