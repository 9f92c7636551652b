/** Modules of the threads of daemons. */
export interface ThreadUrls {
  readonly agent: URL;
  readonly engine: URL;
  readonly monitor: URL;
  readonly relay: URL;
  /** Of a relay that shares a Redis with others. */
  readonly redisRelay: URL;
}

/** Where the parts of the program are that are not in its main module. */
export interface ProgramFiles {
  /** Directory of the bundled player; a `file:` URL that ends with a slash. */
  readonly player: URL;
  readonly threads: ThreadUrls;
  /** Module of the threads that look at the box for `doctor`. */
  readonly doctor: URL;
}

const here = import.meta.url;

/** The program's own: sources beside this file, or in a bundle each thread's beside the main one. */
export const PROGRAM_FILES: ProgramFiles = here.endsWith(".ts")
  ? {
    player: new URL("../../dist/assets/", here),
    threads: {
      agent: new URL("../serve/agent_thread.ts", here),
      engine: new URL("../serve/engine_thread.ts", here),
      monitor: new URL("../monitoring/monitor_thread.ts", here),
      relay: new URL("../relay/relay_thread.ts", here),
      redisRelay: new URL("../relay/redis_relay_thread.ts", here),
    },
    doctor: new URL("../doctor/doctor_thread.ts", here),
  }
  : {
    player: new URL("./assets/", here),
    threads: {
      agent: new URL("./agent.js", here),
      engine: new URL("./engine.js", here),
      monitor: new URL("./monitor.js", here),
      relay: new URL("./relay.js", here),
      redisRelay: new URL("./redis_relay.js", here),
    },
    doctor: new URL("./doctor.js", here),
  };
