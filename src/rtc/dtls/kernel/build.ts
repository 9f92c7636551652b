/**
 * Compiles the kernel and embeds it: `deno run -A src/rtc/dtls/kernel/build.ts`. The program needs no file
 * at run time, so that it also works as a single bundled one.
 */
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Exact, for the same bytes everywhere; it names its own compiler back end exactly, too. */
const COMPILER = "npm:assemblyscript@0.28.20/asc";

const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"];

/** A line of base64 in the generated file: a multiple of 4, within the line width. */
const LINE = 100;

const SOURCES = ["kernel.as.ts", "crc32c.as.ts"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const TARGET = new URL("kernel_wasm.ts", import.meta.url);

/** The kernel's sources as a WebAssembly module. Needs the npm registry, or its cache. */
export function compile(): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), "kernel-"));
  try {
    const output = join(folder, "kernel.wasm");
    const compiler = ["run", "--quiet", "--no-config", "--no-lock", "--allow-all", COMPILER];
    execFileSync(process.execPath, [...compiler, ...SOURCES, ...OPTIONS, "--outFile", output], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of `kernel_wasm.ts`. */
export function embed(wasm: Uint8Array): string {
  const text = Buffer.from(wasm).toString("base64");
  const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `// Made by build.ts from kernel.as.ts and crc32c.as.ts; a test compares the two.
export const KERNEL_WASM = \`
${lines.join("\n")}
\`;
`;
}

if (import.meta.main) writeFileSync(TARGET, embed(compile()));
