/**
 * Long runs that are not among the usual tests, one after the other, each in a process of its own.
 *
 *     deno task soak [name…] [options of the one that is named]
 */
const SOAKS = ["lossy_ten_minutes", "ten_gigabytes", "session_memory"];

const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const given = Deno.args.filter((arg) => arg.startsWith("--"));
const unknown = names.filter((name) => !SOAKS.includes(name));

function refuse(sentence: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${sentence}\n`));
  Deno.exit(2);
}

if (unknown.length > 0) refuse(`There is no ${unknown.join(", ")}, but ${SOAKS.join(", ")}.`);
if (given.length > 0 && names.length !== 1) refuse("Options are those of one soak test: name it.");

let failed = false;
for (const name of names.length > 0 ? names : SOAKS) {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", new URL(`${name}.ts`, import.meta.url).href, ...given],
  }).spawn().status;
  failed ||= !success;
}
Deno.exit(failed ? 1 : 0);
