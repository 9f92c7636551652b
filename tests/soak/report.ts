const encoder = new TextEncoder();

/** Says how far a run is. */
export function progress(line: string): void {
  Deno.stderr.writeSync(encoder.encode(`${line}\n`));
}

/** Runs a soak test, prints its result in one line, and ends the process: with 1 where it failed. */
export async function soak(name: string, run: () => Promise<string>): Promise<never> {
  let line: string;
  let code = 0;
  try {
    line = `ok: ${name}: ${await run()}`;
  } catch (error) {
    line = `FAILED: ${name}: ${error instanceof Error ? error.message : String(error)}`;
    code = 1;
  }
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  Deno.exit(code);
}

/** Bytes as MB (10^6), with one decimal. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Mbit/s, as a whole number from 10 upwards. */
export function rate(bytes: number, ms: number): string {
  const value = bytes * 8 / ms / 1e3;
  return `${value.toFixed(value < 10 ? 1 : 0)} Mbit/s`;
}
