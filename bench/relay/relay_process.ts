import { within } from "../../tests/support/within.ts";
import type { Address } from "./http_connection.ts";
import type { HostOptions } from "./relay_host.ts";
import manifest from "../../deno.json" with { type: "json" };

/** A relay in a process of its own, which can be killed and started again on its port. */
export class RelayProcess implements AsyncDisposable {
  #process: Deno.ChildProcess;
  #port: number;
  readonly #options: HostOptions;

  private constructor(process: Deno.ChildProcess, port: number, options: HostOptions) {
    this.#process = process;
    this.#port = port;
    this.#options = options;
  }

  static async start(options: HostOptions): Promise<RelayProcess> {
    const process = await spawn(options);
    return new RelayProcess(process, await portOf(process), options);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get address(): Address {
    return { hostname: "127.0.0.1", port: this.#port };
  }

  /** Ends it without a chance to say so. */
  async kill(): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#process.status;
  }

  /** Starts another one where the killed one listened. */
  async restart(): Promise<void> {
    this.#process = await spawn({ ...this.#options, port: this.#port });
    await portOf(this.#process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Plain JavaScript, as the program is shipped: an instance that starts takes little from those beside it. */
async function bundle(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "unarr-relay-" });
  const output = `${directory}/relay_host.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "deno", "--minify", "--output", output],
      new URL("relay_host.ts", import.meta.url).pathname,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`the relay could not be bundled:\n${new TextDecoder().decode(stderr)}`);
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  return output;
}

let bundled: Promise<string> | undefined;

/** Without the project's configuration its unstable APIs are flags. */
const UNSTABLE = manifest.unstable.map((name) => `--unstable-${name}`);

async function spawn(options: HostOptions): Promise<Deno.ChildProcess> {
  const host = await (bundled ??= bundle());
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", ...UNSTABLE, "--no-check", "--allow-all", host, JSON.stringify(options)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** The port that it says; it says nothing more. */
async function portOf(process: Deno.ChildProcess): Promise<number> {
  const reader = process.stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await within(60_000, "a relay's port", reader.read());
    if (done) throw new Error("a relay ended before it listened");
    text += value;
  }
  void reader.cancel();
  return Number(text);
}
