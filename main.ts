import { run } from "./src/cli.ts";

const encoder = new TextEncoder();

await run({
  args: Deno.args,
  // Beside the bundle where this is one, else where the bundle task puts it.
  playerUrl: new URL(import.meta.url.endsWith(".ts") ? "./dist/player/" : "./player/", import.meta.url),
  out: (line) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
  error: (line) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`)),
  exit: (code) => Deno.exit(code),
  color: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
});
