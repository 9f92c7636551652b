import { within } from "../../tests/support/within.ts";
import type { Address } from "./http_connection.ts";
import type { HostOptions } from "./relay_host.ts";

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
    const process = spawn(options);
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
    this.#process = spawn({ ...this.#options, port: this.#port });
    await portOf(this.#process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function spawn(options: HostOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-all"],
      ...[new URL("relay_host.ts", import.meta.url).href, JSON.stringify(options)],
    ],
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
