/**
 * A real WebRTC stack in a process of its own, driven over standard input and output by `stacks.ts`: native
 * code that crashes when a test's isolate ends takes no test with it.
 */
import { createHash, type Hash } from "node:crypto";
import { pack, packets } from "./stack_packets.ts";

// deno-lint-ignore no-explicit-any -- the DOM's types are not loaded here; the interfaces are the W3C's.
type Any = any;

async function constructorOf(stack: string): Promise<() => Any> {
  if (stack === "libdatachannel") {
    const { RTCPeerConnection } = await import("node-datachannel/polyfill");
    return () => new RTCPeerConnection();
  }
  const { default: wrtc } = await import("@roamhq/wrtc");
  return () => new wrtc.RTCPeerConnection({});
}

const create = await constructorOf(Deno.args[0]!);
const peers = new Map<number, Any>();
const channels = new Map<number, Any>();
/** Bytes of binary messages, by channel, and the first byte of those that are only counted. */
const received = new Map<number, number>();
const sinks = new Map<number, number>();
/** What is made of the binary messages with a certain first byte, from their byte `skip` on, by channel. */
const hashes = new Map<number, { hash: Hash; bytes: number; firstByte: number; skip: number }>();
const writer = Deno.stdout.writable.getWriter();

function tell(head: Record<string, unknown>, body?: Uint8Array): void {
  writer.write(pack(head, body)).catch(() => Deno.exit(0));
}

function addPeer(id: number): void {
  const peer = create();
  peers.set(id, peer);
  peer.onicecandidate = ({ candidate }: Any) => {
    const plain = candidate === null ? null : {
      candidate: candidate.candidate,
      sdpMid: candidate.sdpMid,
      sdpMLineIndex: candidate.sdpMLineIndex,
      usernameFragment: candidate.usernameFragment ?? null,
    };
    tell({ event: "candidate", peer: id, candidate: plain });
  };
  peer.onconnectionstatechange = () => tell({ event: "state", peer: id, state: peer.connectionState });
}

function addChannel(peer: number, id: number, label: string, init: Any): void {
  const channel = peers.get(peer).createDataChannel(label, init);
  channel.binaryType = "arraybuffer";
  channels.set(id, channel);
  channel.onopen = () => tell({ event: "open", channel: id });
  channel.onclose = () => tell({ event: "close", channel: id });
  received.set(id, 0);
  channel.onmessage = ({ data }: Any) => {
    if (typeof data === "string") return tell({ event: "text", channel: id }, new TextEncoder().encode(data));
    const bytes = new Uint8Array(data);
    received.set(id, received.get(id)! + bytes.byteLength);
    const hashed = hashes.get(id);
    if (hashed !== undefined && bytes[0] === hashed.firstByte) {
      hashed.hash.update(bytes.subarray(hashed.skip));
      hashed.bytes += bytes.byteLength - hashed.skip;
      return;
    }
    // A sink's messages of the first byte's kind are counted where they arrive and not passed on.
    if (bytes[0] !== sinks.get(id)) tell({ event: "message", channel: id }, bytes);
  };
}

async function call({ op, peer: id, ...args }: Any): Promise<unknown> {
  const peer = peers.get(id);
  switch (op) {
    case "createOffer": {
      const { type, sdp } = await peer.createOffer(args.options);
      return { type, sdp };
    }
    case "setLocalDescription":
      await peer.setLocalDescription(args.description);
      return null;
    case "setRemoteDescription":
      await peer.setRemoteDescription(args.description);
      return null;
    case "addIceCandidate":
      await peer.addIceCandidate(args.candidate);
      return null;
    case "idle":
      return null;
    case "received":
      return received.get(args.channel);
    case "sink":
      sinks.set(args.channel, args.firstByte);
      return null;
    case "hash": {
      const { channel, firstByte, skip } = args;
      hashes.set(channel, { hash: createHash("sha256"), bytes: 0, firstByte, skip });
      return null;
    }
    case "digest": {
      const { hash, bytes } = hashes.get(args.channel)!;
      hashes.delete(args.channel);
      return { sha256: hash.digest("hex"), bytes };
    }
    case "sendMarked":
      // How much had come when this went out: what the test itself sees lags behind.
      channels.get(args.channel).send(Uint8Array.from(args.bytes));
      return received.get(args.channel);
    default:
      throw new Error(`no such call: ${op}`);
  }
}

for await (const { head, body } of packets(Deno.stdin.readable)) {
  const { op, peer, channel } = head as Any;
  if (op === "peer") addPeer(peer);
  else if (op === "channel") addChannel(peer, channel, (head as Any).label, (head as Any).init);
  else if (op === "send") {
    channels.get(channel)?.send((head as Any).text ? new TextDecoder().decode(body) : body);
  } else if (op === "closeChannel") channels.get(channel)?.close();
  else if (op === "close") peers.get(peer)?.close();
  else {
    call(head).then(
      (result) => tell({ event: "result", call: (head as Any).call, result }),
      (error) => tell({ event: "result", call: (head as Any).call, error: String(error) }),
    );
  }
}
Deno.exit(0);
