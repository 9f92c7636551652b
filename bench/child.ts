import { pack, packets } from "../tests/support/stack_packets.ts";
import { within } from "../tests/support/within.ts";
import { Unavailable } from "./unavailable.ts";

/** A process that takes longer to load what it needs is not there, in milliseconds. */
const START_MS = 30_000;

/** So much of what a process says on standard error is kept, in characters. */
const MAX_ERROR = 4_096;

/** A script of the bench in a process of its own, whose functions are called over its standard input. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #err: Promise<string>;
  readonly #kill = () => {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  readonly #ended = Promise.withResolvers<never>();
  #next = 1;

  private constructor(script: URL, args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", script.href, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#err = collect(this.#process.stderr);
    globalThis.addEventListener("unload", this.#kill);
    this.#ended.promise.catch(() => {});
    void this.#listen();
  }

  /**
   * Starts a script that serves calls on a stack, whose name is the first of its arguments.
   *
   * @throws {Unavailable} when it ends before it is ready, as where there is no addon for the machine
   */
  static async start(script: URL, stack: string, args: readonly string[] = []): Promise<Child> {
    const child = new Child(script, [stack, ...args]);
    try {
      await child.call("ready", {}, START_MS);
      return child;
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw new Unavailable(stack, (error as Error).message);
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Rejects when the process ends, with what it said last. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** @throws {Error} what the function threw, that it took too long, or that the process ended */
  async call<T>(name: string, args: unknown, ms: number): Promise<T> {
    const id = this.#next++;
    const done = Promise.withResolvers<unknown>();
    this.#calls.set(id, done);
    this.#writer.write(pack({ id, name, args })).catch(() => {});
    try {
      return await within(ms, name, Promise.race([done.promise, this.#ended.promise])) as T;
    } finally {
      this.#calls.delete(id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.removeEventListener("unload", this.#kill);
    this.#kill();
    await this.#process.status;
    await this.#err;
  }

  async #listen(): Promise<void> {
    for await (const { head } of packets(this.#process.stdout)) {
      const call = this.#calls.get(head.id as number);
      if (head.error === undefined) call?.resolve(head.result);
      else call?.reject(new Error(String(head.error)));
    }
    const { code } = await this.#process.status;
    this.#ended.reject(new Error(`the process ended with ${code}: ${await this.#err}`));
  }
}

/** The end of what a stream says. */
async function collect(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const chunks = stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  for await (const chunk of chunks) text = (text + chunk).slice(-MAX_ERROR);
  return text.trim();
}
