/**
 * A path in a process of its own, driven over standard input and output by `emulator.ts`: its timing does
 * not depend on what a test's event loop does.
 */
import { pack, packets } from "../stack_packets.ts";
import { DatagramPath } from "./datagram_path.ts";
import { PathModel } from "./path_model.ts";
import type { PathSettings } from "./settings.ts";

/** What the process may be told. */
export type Command =
  | { readonly op: "open"; readonly hostname: string; readonly port: number }
  | { readonly op: "set"; readonly settings: PathSettings }
  | { readonly op: "cut" }
  | { readonly op: "mend" }
  | { readonly op: "counts" };

const seed = Number(Deno.args[0]);
// Each direction draws its own chances.
const path = new DatagramPath({ up: new PathModel(2 * seed), down: new PathModel(2 * seed + 1) });
const writer = Deno.stdout.writable.getWriter();

async function execute(command: Command): Promise<unknown> {
  switch (command.op) {
    case "open":
      return path.open(command);
    case "set":
      path.set(command.settings);
      return null;
    case "cut":
      path.cut();
      return null;
    case "mend":
      path.mend();
      return null;
    case "counts":
      return await path.counts();
  }
}

for await (const { head } of packets(Deno.stdin.readable)) {
  const answer = await execute(head as unknown as Command).then(
    (result) => ({ result }),
    (error) => ({ error: String(error) }),
  );
  await writer.write(pack(answer));
}
path.close();
