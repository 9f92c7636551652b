import { Box } from "./box.ts";
import { COMPILED, Program } from "./program.ts";

export interface TestedBox extends AsyncDisposable {
  /** Where the relay is, without a slash at the end, and the viewer token. */
  readonly access: { relay: string; token: string };
}

/** A box as it comes, without settings: the compiled program where that is tested, else one in this process. */
export async function testedBox(directory: string): Promise<TestedBox> {
  if (COMPILED === undefined) return await Box.start(directory);
  const program = await Program.start([`--allow-read=${directory}`, "serve", "--listen", "127.0.0.1:0"]);
  return { access: await program.access(), [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}
