import { within } from "../support/within.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a bench ended with, and what it said. */
export interface BenchRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a bench as its task does.
 *
 * @param script below the project's directory
 * @param ms how long it may take
 */
export async function runBench(script: string, args: readonly string[], ms: number): Promise<BenchRun> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", script, ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    const { code, stdout, stderr } = await within(ms, "the bench", child.output());
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  } catch (error) {
    // So that it ends what it has started.
    child.kill("SIGTERM");
    throw error;
  }
}
