/** The program with threads that misbehave when a viewer asks for certain files. */
import { run } from "../../../src/cli.ts";
import { PROGRAM_FILES } from "../../../src/program/program_files.ts";
import { surroundings } from "./process.ts";

await run(surroundings({
  ...PROGRAM_FILES,
  threads: {
    ...PROGRAM_FILES.threads,
    agent: new URL("./faulty_agent.ts", import.meta.url),
    engine: new URL("./faulty_engine.ts", import.meta.url),
    relay: new URL("./faulty_relay.ts", import.meta.url),
  },
}));
