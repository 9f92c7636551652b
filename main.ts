import { run } from "./src/cli.ts";
import { PROGRAM_FILES } from "./src/program/program_files.ts";

const encoder = new TextEncoder();

await run({
  args: Deno.args,
  files: PROGRAM_FILES,
  out: (line) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
  error: (line) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`)),
  exit: (code) => Deno.exit(code),
  color: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
});
