/**
 * Prints the bill of materials of the executable as JSON.
 *
 *     deno run --allow-read --allow-run packaging/sbom.ts > unarr-stream.cdx.json
 *
 * Run in the project's directory, by the Deno that the executable is made with.
 */
import manifest from "../deno.json" with { type: "json" };
import { MODULES } from "../src/bundle.ts";
import { bill, type Lock } from "./cyclonedx.ts";

/** What is in the executable begins here: the threads and the player. */
const ENTRIES = [...Object.values(MODULES), "src/player/page/main.ts", "src/player/service_worker.ts"];

/** The parts of `deno info --json` that are read. */
interface Info {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly name: string; readonly version: string; readonly localPath: string }>
  >;
}

async function infoOf(entry: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
  })
    .output();
  if (!success) throw new Error(`${entry}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** What packages that are on this disk say of their licences. */
async function licences(infos: readonly Info[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, version, localPath } of infos.flatMap(({ npmPackages }) => Object.values(npmPackages))) {
    const text = await Deno.readTextFile(`${localPath}/package.json`).catch(() => "{}");
    const { license } = JSON.parse(text);
    if (typeof license === "string") found.set(`${name}@${version}`, license);
  }
  return found;
}

const infos = await Promise.all(ENTRIES.map(infoOf));
const imported = infos.flatMap(({ modules }) => modules.flatMap(({ npmPackage }) => npmPackage ?? []));
const known = await licences(infos);
const lock: Lock = JSON.parse(await Deno.readTextFile("deno.lock"));
const document = bill({
  lock,
  imported: [...new Set(imported)],
  program: { name: "unarr-stream", version: manifest.version, licence: manifest.license },
  denoVersion: Deno.version.deno,
  licenceOf: (name, version) => known.get(`${name}@${version}`),
});
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
