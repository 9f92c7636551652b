/** The other end of `child.ts`: lets the bench call functions of this process. */
import { pack, packets } from "../tests/support/stack_packets.ts";

// deno-lint-ignore no-explicit-any -- checked by its use: both ends are this project's.
type Functions = Record<string, (args: any) => unknown>;

/** Deno's own exit can hang in an addon. */
function end(): never {
  Deno.kill(Deno.pid, "SIGKILL");
  throw new Error("the process outlives its end");
}

/** Serves calls until the bench closes standard input, and ends the process then. */
export async function serveCalls(functions: Functions): Promise<never> {
  const writer = Deno.stdout.writable.getWriter();
  const all: Functions = { ready: () => null, ...functions };
  for await (const { head } of packets(Deno.stdin.readable)) {
    const { id, name, args } = head as { id: number; name: string; args: unknown };
    // In a function of its own, so that one that throws at once is told like one that rejects.
    const result = (async () => await all[name]!(args))();
    result.then(
      (value) => writer.write(pack({ id, result: value ?? null })),
      (error) => writer.write(pack({ id, error: String(error) })),
    ).catch(end);
  }
  return end();
}
