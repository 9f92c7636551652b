import { COMMIT, VERSION } from "../program/version.ts";

/** What a report of a fault has to say: the version, where it comes from, and what runs it. */
export function versionLine(): string {
  const { deno, v8 } = Deno.version;
  const { arch, os } = Deno.build;
  return `unarr-stream ${VERSION} (${COMMIT ?? "from source"}, Deno ${deno}, V8 ${v8}, ${arch}-${os})`;
}
