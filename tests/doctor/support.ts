import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { system } from "../commands/shell.ts";
import type { TempDir } from "../support/temp_dir.ts";

/** A finding as the program prints it in JSON. */
export interface Printed {
  readonly name: string;
  readonly subject?: string;
  readonly state: "good" | "bad" | "none";
  readonly text: string;
  readonly advice?: string;
}

/** What `doctor --json` said. */
export interface Examined {
  readonly code: number;
  readonly ok: boolean;
  readonly checks: readonly Printed[];
  /** All of the output. */
  readonly said: string;
  /** `state: text` of a check. */
  of(name: string, subject?: string): string;
}

const COMPILED = Deno.env.get("UNARR_TEST_PROGRAM");

/** What starts a main module of the project as `deno task start` does, or the program that was compiled. */
export function programWords(main = "main.ts"): string[] {
  if (COMPILED !== undefined) return [COMPILED];
  const flags = manifest.tasks.start.command.split(" ").filter((word) => word.startsWith("--"));
  return [Deno.execPath(), "run", "--no-check", ...flags, main];
}

/** The project. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Settings {
  /** A program of the system, with its options, that starts the doctor. */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The main module, below the project. */
  readonly main?: string;
}

/** Runs the doctor for these folders, with more options, as a user does; its output as it came. */
export async function doctor(folders: string, args: readonly string[], settings: Settings = {}) {
  const { under = [], env = {}, main } = settings;
  const [command, ...before] = [...under, ...programWords(main)];
  const said = await system(command!, [...before, `--allow-read=${folders}`, "doctor", ...args], {
    cwd: ROOT,
    // No configuration of whoever runs the tests.
    env: { UNARR_CONFIG_DIR: "/nonexistent", ...env },
  });
  if (said === undefined) throw new Error(`${command} is not installed`);
  return said;
}

/** The same as JSON. Its own relay's port is any, unless the options say which. */
export async function examined(
  folders: string,
  args: readonly string[] = [],
  settings: Settings = {},
): Promise<Examined> {
  const listen = args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const { code, out, err } = await doctor(folders, ["--json", ...listen, ...args], settings);
  if (out === "") throw new Error(`no output, but: ${err}`);
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Printed[] };
  const of = (name: string, subject?: string) => {
    const found = checks.filter((check) => check.name === name && check.subject === subject);
    if (found.length !== 1) throw new Error(`${found.length} checks ${name} ${subject ?? ""} in ${out}`);
    return `${found[0]!.state}: ${found[0]!.text}`;
  };
  return { code, ok, checks, said: out + err, of };
}

/** A certificate for `localhost` that nobody vouches for, and its key: paths of files in `dir`. */
export async function selfSigned(dir: TempDir): Promise<{ cert: string; key: string }> {
  const [cert, key] = [`${dir.path}/cert.pem`, `${dir.path}/key.pem`];
  const said = await system("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
    ...["-keyout", key, "-out", cert],
  ]);
  if (said?.code !== 0) throw new Error(`openssl: ${said?.err}`);
  return { cert, key };
}
