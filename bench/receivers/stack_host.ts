/** A receiver on a WebRTC stack, in a process of its own; started by `stack.ts` with the stack's name. */
import { serveCalls } from "../child_host.ts";
import { loadStack } from "../stacks/mod.ts";
import type { Candidate, Channel } from "../stacks/peer.ts";
import { type Ask, FileReceiver, type Seek } from "./file_receiver.ts";
import { WIRE } from "./wire.ts";

const makePeer = await loadStack(Deno.args[0]!);
let channel: Channel | undefined;
const receiver = new FileReceiver(WIRE, (message) => channel!.send(message));
const peer = makePeer({
  onopen: (opened) => channel = opened,
  onmessage: (message) => receiver.take(message),
  onclose: () => receiver.closed(),
});

await serveCalls({
  offer: () => peer.createOffer("file"),
  setAnswer: ({ sdp }: { sdp: string }) => peer.setAnswer(sdp),
  addCandidate: ({ candidate }: { candidate: Candidate }) => peer.addCandidate(candidate),
  opened: () => receiver.opened,
  read: ({ ask }: { ask: Ask }) => receiver.read(ask),
  seek: ({ first, seeks, load }: { first: Ask; seeks: Seek[]; load: number }) =>
    receiver.seek(first, seeks, load),
});
