/**
 * A viewer in a process of its own, for tests whose programs live in a network of their own.
 *
 *     deno run --allow-all tests/support/play.ts <relay> <token> <file>
 *
 * Prints the bytes that it was sent.
 */
import { STACK_NAMES } from "./stacks.ts";
import { Viewer } from "./viewer.ts";

const [relay = "", token = "", filePath = ""] = Deno.args;
const { viewer, channel } = await Viewer.open({ relay, token, stack: STACK_NAMES[0]!, filePath });
const { bytes } = await channel.read(0, 0);
await viewer.close();
// deno-lint-ignore no-console -- what it is started for
console.log(bytes);
Deno.exit();
