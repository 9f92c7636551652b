import os from "node:os";
import type { Machine } from "./report.ts";

/** Where the bench runs, and what else does. */
export function describeMachine(): Omit<Machine, "chromium"> {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: os.totalmem(),
    kernel: `${os.type()} ${os.release()} ${os.machine()}`,
    deno: Deno.version.deno,
    load: os.loadavg()[0]!,
  };
}
