import { within } from "./within.ts";

/** Whether names can be exchanged in one step here. */
export const CAN_FLIP = Deno.build.os === "linux";

/** A process that exchanges two names, again and again. */
export class Flipper implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  #stopped = false;

  private constructor(one: string, other: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-ffi",
        new URL("flipper_host.ts", import.meta.url).href,
        one,
        other,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const decoder = new TextDecoderStream() as TransformStream<Uint8Array, string>;
    this.#output = this.#process.stdout.pipeThrough(decoder).getReader();
  }

  /** Begins, and waits for the first exchange. */
  static async start(one: string, other: string): Promise<Flipper> {
    const flipper = new Flipper(one, other);
    const { value } = await within(20_000, "the first exchange", flipper.#output.read());
    if (value?.trim() !== "flipping") throw new Error("names cannot be exchanged here");
    return flipper;
  }

  /** Ends it; answers how many exchanges there were. */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#process.stdin.close();
    const { value } = await within(10_000, "the last exchange", this.#output.read());
    await this.#output.cancel();
    await this.#process.status;
    return Number(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopped) return;
    this.#process.kill("SIGKILL");
    await this.#process.stdin.close().catch(() => {});
    await this.#output.cancel();
    await this.#process.status;
  }
}
