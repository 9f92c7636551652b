/**
 * Exchanges two names for as long as it lives, as a local writer would who races the share's checks. Driven
 * by `flipper.ts`; Linux. Says `flipping` once it has begun, and how often it did when its input ends.
 */
const RENAME_EXCHANGE = 2;
const AT_FDCWD = -100;

/** Exchanges between two looks at the input. */
const BATCH = 500;

const libc = Deno.dlopen("libc.so.6", {
  renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: "i32" },
});
const [one, other] = Deno.args.map((path) => new TextEncoder().encode(`${path}\0`));

/** One exchange in a step of the kernel: at no moment is either name missing. */
function exchange(): void {
  if (libc.symbols.renameat2(AT_FDCWD, one!, AT_FDCWD, other!, RENAME_EXCHANGE) !== 0) {
    throw new Error("renameat2 failed");
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

let over = false;
void Deno.stdin.read(new Uint8Array(1)).then(() => over = true);
let exchanges = 0;
exchange();
say("flipping");
while (!over) {
  for (let i = 0; i < BATCH; i++) exchange();
  exchanges += BATCH;
  await new Promise((resolve) => setTimeout(resolve, 0));
}
say(String(exchanges));
