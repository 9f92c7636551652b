import { run } from "./src/cli.ts";
import { PROGRAM_FILES } from "./src/program/program_files.ts";

const encoder = new TextEncoder();

await run({
  args: Deno.args,
  files: PROGRAM_FILES,
  out: (line) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
  error: (line) => {
    try {
      Deno.stderr.writeSync(encoder.encode(`${line}\n`));
    } catch {
      // The exit code still says what happened.
    }
  },
  exit: (code) => Deno.exit(code),
  terminal: () => Deno.stderr.isTerminal(),
  color: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
  journalStream: Deno.env.get("JOURNAL_STREAM"),
});
