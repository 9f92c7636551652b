import type { Candidate } from "../stacks/peer.ts";
import type { Arrival, Ask, FileReceiver, Seek, SeekArrival, Wire } from "./file_receiver.ts";

// deno-lint-ignore no-explicit-any -- runs in the page, where it is the DOM's
declare const RTCPeerConnection: any;

/** What the page offers to the bench, as `globalThis.receiver`. */
export interface PageReceiver {
  offer(): Promise<string>;
  setAnswer(sdp: string): Promise<void>;
  addCandidate(candidate: Candidate): Promise<void>;
  opened(): Promise<void>;
  read(ask: Ask): Promise<Arrival>;
  seek(first: Ask, seeks: readonly Seek[], load: number): Promise<SeekArrival[]>;
}

/** Runs in the page, from its text: uses nothing from outside itself. */
export function installReceiver(Receiver: typeof FileReceiver, wire: Wire): void {
  const peer = new RTCPeerConnection();
  const channel = peer.createDataChannel("file");
  channel.binaryType = "arraybuffer";
  const receiver = new Receiver(wire, (message) => channel.send(message));
  channel.onmessage = ({ data }: { data: ArrayBuffer }) => receiver.take(new Uint8Array(data));
  channel.onclose = () => receiver.closed();
  const page: PageReceiver = {
    async offer() {
      const gathered = new Promise<void>((resolve) => {
        peer.onicegatheringstatechange = () => {
          if (peer.iceGatheringState === "complete") resolve();
        };
      });
      await peer.setLocalDescription();
      await gathered;
      return peer.localDescription.sdp;
    },
    setAnswer: (sdp) => peer.setRemoteDescription({ type: "answer", sdp }),
    addCandidate: (candidate) => peer.addIceCandidate(candidate),
    opened: () => receiver.opened,
    read: (ask) => receiver.read(ask),
    seek: (first, seeks, load) => receiver.seek(first, seeks, load),
  };
  Object.assign(globalThis, { receiver: page });
}
