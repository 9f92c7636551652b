import { resolve } from "node:path";
import type { ServeConfig } from "../config/config.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import { turnServers } from "../relay/turn_credentials.ts";
import { Supervisor } from "../thread/supervisor.ts";
import { bad, type Check, type Finding, keyOf } from "./check.ts";
import { ENCRYPTION, folder, THREADS } from "./checks.ts";
import {
  doctorConfinement,
  type DoctorDialogue,
  type DoctorOptions,
  isDoctorEvent,
  isDoctorReady,
} from "./doctor_messages.ts";
import { lookAtThreads } from "./engine.ts";
import { planOf } from "./plan.ts";

/** The whole takes at most 15 s, of which the runtime has its part before and after. */
const DEADLINE_MS = 13_000;

const LATE = bad(
  "no finding in time",
  "Try again when this box has less to do; a disk or a server may hang.",
);

/** A check, and what is found sooner or later. */
export interface Examined {
  readonly check: Check;
  /** Resolves by the deadline. */
  readonly finding: Promise<Finding>;
}

/** Looks at all that `serve` would need: main reads nothing and hears no network for it, threads do. */
export class Examination implements Disposable {
  readonly examined: readonly Examined[];
  readonly #open = new Map<string, PromiseWithResolvers<Finding>>();
  readonly #supervisor = new Supervisor({ logLevel: "fatal", onfatal: () => {} });
  readonly #deadline: ReturnType<typeof setTimeout>;
  readonly #files: ProgramFiles;

  /** @param deadlineMs when what has no finding is given up, in milliseconds */
  constructor(given: ServeConfig, files: ProgramFiles, deadlineMs = DEADLINE_MS) {
    // A thread's permission is for a path that leads there from anywhere.
    const config = { ...given, directories: [...new Set(given.directories.map((path) => resolve(path)))] };
    this.#files = files;
    this.examined = planOf(config).map(({ check, finding }) => {
      const found = Promise.withResolvers<Finding>();
      if (finding !== undefined) found.resolve(finding);
      this.#open.set(keyOf(check), found);
      return { check, finding: found.promise };
    });
    this.#deadline = setTimeout(() => this.#give([...this.#open.keys()], LATE), deadlineMs);
    this.#look(config);
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    clearTimeout(this.#deadline);
    this.#supervisor.close();
  }

  #look({ directories, crypto, remote, listen, iceServers, turn }: ServeConfig): void {
    const ofBox = [...directories.map(folder), ENCRYPTION, THREADS].map(keyOf);
    const ofNetwork = [...this.#open.keys()].filter((key) => !ofBox.includes(key));
    this.#start("doctor of the box", { task: "box", folders: directories, crypto }, ofBox);
    const network = {
      relay: remote && { base: remote.base, token: remote.token, tokenFrom: remote.tokenOrigin.name },
      listen: remote === undefined ? listen : undefined,
      servers: [...iceServers, ...turnServers(turn, "doctor", Date.now())]
        .flatMap(({ urls, ...user }) => [urls].flat().map((url) => ({ url, ...user }))),
    };
    this.#start("doctor of the network", { task: "network", network }, ofNetwork);
  }

  /** Starts one of the doctor's threads, which has the findings with these keys. */
  #start(name: string, options: DoctorOptions, keys: readonly string[]): void {
    let engine = false;
    const thread = this.#supervisor.thread<DoctorDialogue>({
      name,
      url: this.#files.doctor,
      confinement: doctorConfinement(options),
      options: () => options,
      isReady: isDoctorReady,
      isEvent: isDoctorEvent,
    }, {
      event: (event) => {
        if (event.type === "found") return this.#give(keys.filter((key) => key === event.key), event.finding);
        if (engine) return;
        engine = true;
        void lookAtThreads(this.#supervisor, this.#files.threads.engine, event.roots)
          .then((finding) => this.#give([keyOf(THREADS)], finding));
      },
      lost: () => this.#give(keys, bad(`could not be looked at: thread ${name} ended`, REPORT)),
    });
    thread.start().catch(({ message }: Error) => this.#give(keys, bad(message, REPORT)));
  }

  /** Takes a finding; the first one counts. */
  #give(keys: readonly string[], finding: Finding): void {
    for (const key of keys) this.#open.get(key)?.resolve(finding);
  }
}

/** What to do about what should not happen. */
const REPORT = "This is a fault of the program, or of the runtime it was started with: please report it.";
