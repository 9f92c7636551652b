import { resolve } from "node:path";
import { within } from "./within.ts";

/** Permissions of `deno task start`; the tests run the program as a user does. */
const PERMISSIONS = [
  "--no-prompt",
  "--v8-flags=--expose-gc",
  "--allow-read",
  "--allow-net",
  "--allow-sys=networkInterfaces",
  "--allow-env=APPDATA,CREDENTIALS_DIRECTORY,HOME,JOURNAL_STREAM,NO_COLOR,UNARR_API_KEY,UNARR_API_URL,UNARR_CONFIG_DIR,UNARR_DOWNLOAD_DIR,UNARR_STORE_URL,UNARR_VIEWER_TOKEN,USERPROFILE,XDG_CONFIG_HOME",
];

const ROOT = new URL("../../", import.meta.url);

/** What is run: a main module, below the project or as an absolute path, and flags of the runtime. */
export interface Build {
  readonly main: string;
  readonly flags: readonly string[];
}

/** What is tested, started by a command such as one that traces it. */
export interface Through {
  readonly through: readonly [string, ...string[]];
}

const SOURCE: Build = { main: "main.ts", flags: ["--no-check"] };

const given = Deno.env.get("UNARR_TEST_PROGRAM");

/** A compiled program, as an absolute path: it takes the place of the source. */
export const COMPILED = given && resolve(given);

/** What the tests run where they name no build. */
export const TESTED = COMPILED ?? "deno run main.ts";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The words that start a build. */
function commandOf(build: Build): [string, ...string[]] {
  if (build === SOURCE && COMPILED !== undefined) return [COMPILED];
  return [Deno.execPath(), "run", ...build.flags, ...PERMISSIONS, build.main];
}

/** The program in a process of its own. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #out: Promise<string>;
  readonly #err: Promise<string>;
  readonly #link = Promise.withResolvers<string>();
  readonly #lines: string[] = [];
  #watchers: (() => void)[] = [];

  private constructor(args: readonly string[], env: Record<string, string>, build: Build | Through = SOURCE) {
    const [command, ...words] = "through" in build
      ? [...build.through, ...commandOf(SOURCE)] as const
      : commandOf(build);
    this.#process = new Deno.Command(command, {
      args: [...words, ...args],
      cwd: ROOT,
      // No configuration of whoever runs the tests.
      env: { UNARR_CONFIG_DIR: "/nonexistent", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#link.promise.catch(() => {});
    this.#out = this.#collect(this.#process.stdout, (line) => {
      if (line.startsWith("http://")) this.#link.resolve(line);
    });
    this.#err = this.#collect(this.#process.stderr, (line) => {
      this.#lines.push(line);
      for (const wake of this.#watchers.splice(0)) wake();
    });
    void this.#process.status.then(async ({ code }) =>
      this.#link.reject(new Error(`the program ended with ${code}: ${await this.#err}`))
    );
  }

  /** Starts the program and waits for the link it prints. */
  static async start(
    args: readonly string[],
    env: Record<string, string> = {},
    build: Build | Through = SOURCE,
  ): Promise<Program> {
    const program = new Program(args, env, build);
    try {
      await within(30_000, "the link", program.#link.promise);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
    return program;
  }

  /** Starts the program without waiting; for those that print no link. */
  static spawn(
    args: readonly string[],
    env: Record<string, string> = {},
    build: Build | Through = SOURCE,
  ): Program {
    return new Program(args, env, build);
  }

  /** Runs the program to its end. */
  static async run(
    args: readonly string[],
    env: Record<string, string> = {},
    build: Build = SOURCE,
  ): Promise<Ended> {
    await using program = new Program(args, env, build);
    return await within(30_000, "the end", program.ended());
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The player's link. */
  get link(): Promise<string> {
    return this.#link.promise;
  }

  /** Where the relay is, without a slash at the end, and the viewer token. */
  async access(): Promise<{ relay: string; token: string }> {
    const url = new URL(await this.#link.promise);
    return { relay: url.origin, token: new URLSearchParams(url.hash.slice(1)).get("token")! };
  }

  /** Lines of the log so far. */
  get log(): readonly string[] {
    return this.#lines;
  }

  /** The first line of the log that fits, or the `nth` one, now or later. */
  async logged(fits: RegExp, ms = 20_000, nth = 1): Promise<string> {
    const find = async () => {
      for (;;) {
        const line = this.#lines.filter((text) => fits.test(text))[nth - 1];
        if (line !== undefined) return line;
        await new Promise<void>((resolve) => this.#watchers.push(resolve));
      }
    };
    return await within(ms, `a log line like ${fits}`, find());
  }

  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async ended(): Promise<Ended> {
    const { code } = await this.#process.status;
    return { code, out: await this.#out, err: await this.#err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // Ended already.
    }
    await this.ended();
  }

  async #collect(stream: ReadableStream<Uint8Array>, online: (line: string) => void): Promise<string> {
    let all = "";
    let rest = "";
    for await (
      const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    ) {
      if (all.length < 4_000_000) all += text;
      rest += text;
      const lines = rest.split("\n");
      rest = lines.pop()!;
      for (const line of lines) online(line);
    }
    return all;
  }
}

/** Memory that a process holds, in bytes (`VmRSS`; Linux). */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1_024;
}
