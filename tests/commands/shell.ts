import { Program } from "../support/program.ts";

/** What a program said, in one string. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Nothing that is run here takes longer, in milliseconds. */
const LIMIT_MS = 30_000;

/** Runs a program of the system; undefined, after a word, where it is not installed. */
export async function system(
  name: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Said | undefined> {
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const { code, stdout, stderr } = await new Deno.Command(name, { args: [...args], signal, ...options })
      .output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.stdout.write(new TextEncoder().encode(`${name} is not installed: skipped\n`));
    return undefined;
  }
}

/** What our program prints with `args`. */
export async function printed(...args: string[]): Promise<string> {
  const { code, out, err } = await Program.run(args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${err}`);
  return out;
}
