/** The program itself, serving a folder. */
export class Box implements AsyncDisposable {
  /** What it printed: the player's address with the token. */
  readonly link: URL;
  readonly #process: Deno.ChildProcess;
  readonly #log: Promise<string>;

  private constructor(process: Deno.ChildProcess, link: URL, log: Promise<string>) {
    this.#process = process;
    this.link = link;
    this.#log = log;
  }

  /** @param listen a free port by default; the same address again after {@link stop} */
  static async start(directory: string, listen = "127.0.0.1:0", token?: string): Promise<Box> {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "main.ts", `--allow-read=${directory}`, "serve", "--listen", listen],
      env: token === undefined ? {} : { UNARR_VIEWER_TOKEN: token },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = new Response(process.stderr).text();
    let printed = "";
    for await (
      const text of process.stdout.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })
    ) {
      printed += text;
      const link = /^http:\/\/\S+$/m.exec(printed)?.[0];
      if (link) return new Box(process, new URL(link), log);
    }
    throw new Error(`the box printed no link: ${printed}${await log}`);
  }

  get token(): string {
    return new URLSearchParams(this.link.hash.slice(1)).get("token") ?? "";
  }

  /** Ends it, without a goodbye where `signal` is SIGKILL. Returns what it logged. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<string> {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    return await this.#log;
  }

  /** Stops it where it is, or lets it go on. */
  sleep(asleep: boolean): void {
    this.#process.kill(asleep ? "SIGSTOP" : "SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
