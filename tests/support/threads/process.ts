import type { Process } from "../../../src/program/process.ts";
import type { ProgramFiles } from "../../../src/program/program_files.ts";

/** This process, as `main.ts` gives it to the program. */
export function surroundings(files: ProgramFiles): Process {
  const encoder = new TextEncoder();
  return {
    args: Deno.args,
    files,
    out: (line) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
    error: (line) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`)),
    exit: (code) => Deno.exit(code),
    terminal: () => false,
    color: false,
    journalStream: undefined,
  };
}
