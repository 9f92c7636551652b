import { resolve } from "node:path/posix";

/** Calls with a path, as `strace --follow-forks --absolute-timestamps=unix,us --decode-fds=path` writes them. */
export interface PathCall {
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  readonly name: string;
  /** As an absolute path, without "." and "..", escapes as strace writes them; of two paths the first. */
  readonly path: string;
  /** The rest of the line: flags and result. */
  readonly rest: string;
}

/** Arguments of strace that make it write what {@link pathCalls} reads to `file`. */
export function straceTo(file: string): readonly [string, ...string[]] {
  return [
    "strace",
    "--follow-forks",
    "--absolute-timestamps=unix,us",
    "--decode-fds=path",
    "--trace=%file",
    "--string-limit=4096",
    `--output=${file}`,
  ];
}

const LINE = /^\d+\s+(\d+\.\d+) (\w+)\((.*)$/;

/** What comes before the path: nothing, or the folder that a relative one begins in. */
const ARGUMENTS = /^(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"(.*)$/;

/** The calls of a trace in order. @throws {Error} for a call whose path cannot be told */
export function pathCalls(trace: string): PathCall[] {
  const calls: PathCall[] = [];
  for (const line of trace.split("\n")) {
    // Signals, exits, and the second halves of calls whose first half has the path.
    const call = LINE.exec(line);
    if (call === null) continue;
    const [, seconds, name, words] = call;
    // strace counts it in, for the path that it answers with.
    if (name === "getcwd") continue;
    const found = ARGUMENTS.exec(words!);
    if (found === null) throw new Error(`a call without a path: ${line}`);
    const [, folder = "/", path, rest] = found;
    calls.push({
      at: Number(seconds) * 1_000,
      name: name!,
      path: resolve(folder, path!),
      rest: rest!,
    });
  }
  return calls;
}
