import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };

/** How a service manager starts this program. */
export interface ProgramCommand {
  /** Absolute path of the executable, and what comes before the program's own arguments. */
  readonly words: readonly [string, ...string[]];
  /** Files and folders that it is loaded from, as absolute paths. */
  readonly loads: readonly string[];
  /** Whether a runtime beside the program runs it, which keeps packages in a cache. */
  readonly interpreted: boolean;
}

/** The program that is running: the compiled executable, else the runtime with the flags of its task. */
export function programCommand(): ProgramCommand {
  const executable = Deno.execPath();
  if (Deno.build.standalone) return { words: [executable], loads: [executable], interpreted: false };
  const main = fileURLToPath(Deno.mainModule);
  const bundled = !main.endsWith(".ts");
  // From the task, so that a permission that it gains is not missing in a service.
  const { command } = manifest.tasks[bundled ? "start:bundle" : "start"];
  const flags = command.split(" ").filter((word) => word.startsWith("--"));
  return {
    words: [executable, "run", ...flags, main],
    loads: [executable, dirname(main)],
    interpreted: true,
  };
}
