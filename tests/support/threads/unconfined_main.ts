/** The program with an engine that may do more than it should. */
import { run } from "../../../src/cli.ts";
import { PROGRAM_FILES } from "../../../src/program/program_files.ts";
import { surroundings } from "./process.ts";

await run(surroundings({
  ...PROGRAM_FILES,
  threads: {
    ...PROGRAM_FILES.threads,
    engine: new URL("../../thread/fixtures/too_free.ts", import.meta.url),
  },
}));
