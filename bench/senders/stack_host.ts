/**
 * A sender on a WebRTC stack, in a process of its own; started by `stack.ts` with the stack's name, the
 * file's path and the marks.
 */
import { serveCalls } from "../child_host.ts";
import { loadStack } from "../stacks/mod.ts";
import type { Peer } from "../stacks/peer.ts";
import { RangeSender } from "./range_sender.ts";

const [stack, path, high, low] = Deno.args as [string, string, string, string];
const makePeer = await loadStack(stack);
/** Held here: a connection that nobody refers to would be collected, and with it closed. */
const peers: Peer[] = [];

await serveCalls({
  answer({ offer }: { offer: string }): Promise<string> {
    let sender: RangeSender | undefined;
    const peer = makePeer({
      onopen(channel) {
        sender = new RangeSender(channel, path, { high: Number(high), low: Number(low) });
        sender.hello();
      },
      // Rejects where nobody listens when it fails, which ends the process and so the run.
      onmessage: (message) => void sender!.receive(message),
      onclose() {},
    });
    peers.push(peer);
    return peer.createAnswer(offer);
  },
});
