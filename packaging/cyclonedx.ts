/** A software bill of materials in the form of CycloneDX 1.6 (ECMA-424), from a lock file of Deno. */
import { Buffer } from "node:buffer";

/** The parts of `deno.lock` (version 5) that are read. */
export interface Lock {
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  /** Subresource Integrity (W3C): `sha512-` and base64. */
  readonly integrity: string;
  /** By name, with the version where the lock holds several. */
  readonly dependencies?: readonly string[];
}

export interface BillOptions {
  readonly lock: Lock;
  /** Packages that the program imports itself, as `name@version`. */
  readonly imported: readonly string[];
  /** The program and the runtime that is in the executable. */
  readonly program: { readonly name: string; readonly version: string; readonly licence: string };
  readonly denoVersion: string;
  /** What a package says of its licence; undefined where nobody knows. */
  licenceOf(name: string, version: string): string | undefined;
}

interface Component {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly Licence[];
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

type Licence = { readonly expression: string } | { readonly license: { readonly name: string } };

export interface Bill {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** A key of the lock: name, version, and the versions of peers that the package was resolved with. */
const KEY = /^(@?[^@]+)@([^_]+)(?:_.*)?$/;

/** SPDX identifiers with their operators (SPDX 2.3, annex D). */
const EXPRESSION = /^\(*[\w.+-]+\)*(?: (?:AND|OR|WITH) \(*[\w.+-]+\)*)*$/;

/**
 * The packages in the executable, which are those that the program imports and what they depend on. The same lock
 * gives the same bill: it holds no time and no number of its own.
 *
 * @throws {Error} for a package that is not in the lock, and for an integrity that is no SHA-512
 */
export function bill({ lock, imported, program, denoVersion, licenceOf }: BillOptions): Bill {
  const found = new Map<string, string[]>();
  const waiting = imported.map((wanted) => keyOf(lock, wanted));
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (found.has(key)) continue;
    const needs = (lock.npm[key]!.dependencies ?? []).map((wanted) => keyOf(lock, wanted));
    found.set(key, needs);
    waiting.push(...needs);
  }
  const main: Component = {
    type: "application",
    "bom-ref": program.name,
    name: program.name,
    version: program.version,
    purl: `pkg:generic/${program.name}@${program.version}`,
    licenses: licences(program.licence),
  };
  const deno: Component = {
    type: "platform",
    "bom-ref": "deno",
    name: "deno",
    version: denoVersion,
    purl: `pkg:github/denoland/deno@v${denoVersion}`,
    licenses: licences("MIT"),
  };
  const sorted = [...found].sort(([a], [b]) => a < b ? -1 : 1);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: main },
    components: [deno, ...sorted.map(([key]) => library(key, lock.npm[key]!, licenceOf))],
    dependencies: [
      { ref: main["bom-ref"], dependsOn: ["deno", ...refs(imported.map((wanted) => keyOf(lock, wanted)))] },
      { ref: deno["bom-ref"], dependsOn: [] },
      ...sorted.map(([key, needs]) => ({ ref: key, dependsOn: refs(needs) })),
    ],
  };
}

function refs(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort();
}

function library(key: string, { integrity }: LockedPackage, licenceOf: BillOptions["licenceOf"]): Component {
  const [, name, version] = KEY.exec(key)!;
  const licence = licenceOf(name!, version!);
  if (!integrity.startsWith("sha512-")) throw new Error(`${key} has no SHA-512`);
  return {
    type: "library",
    "bom-ref": key,
    name: name!,
    version: version!,
    purl: `pkg:npm/${name!.replace("@", "%40")}@${version}`,
    ...(licence === undefined ? {} : { licenses: licences(licence) }),
    hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.slice(7), "base64").toString("hex") }],
  };
}

function licences(licence: string): Licence[] {
  const isExpression = EXPRESSION.test(licence) && licence !== "UNLICENSED";
  return [isExpression ? { expression: licence } : { license: { name: licence } }];
}

/** The key of a package that is wanted by name, or by name and version. */
function keyOf(lock: Lock, wanted: string): string {
  if (wanted in lock.npm) return wanted;
  const keys = Object.keys(lock.npm).filter((key) => {
    const [, name, version] = KEY.exec(key) ?? [];
    return wanted === name || wanted === `${name}@${version}`;
  });
  if (keys.length !== 1) throw new Error(`the lock holds ${keys.length} packages that are ${wanted}`);
  return keys[0]!;
}
