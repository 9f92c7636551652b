import { freePort } from "./free_port.ts";
import { TempDir } from "./temp_dir.ts";
import { within } from "./within.ts";

export interface RedisServerOptions {
  /** Writes every command to disk, so that a server that starts again has its data. */
  readonly durable?: boolean;
  readonly password?: string;
  readonly args?: readonly string[];
}

/** Redis on loopback, on a port that stays the same when it is killed and started again. */
export class RedisServer implements AsyncDisposable {
  #process: Deno.ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly directory: TempDir,
    readonly options: RedisServerOptions,
  ) {}

  /** Whether the machine has Redis. */
  static async installed(): Promise<boolean> {
    return await new Deno.Command("redis-server", { args: ["--version"], stdout: "null", stderr: "null" })
      .output().then(({ success }) => success, () => false);
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(freePort(), await TempDir.make(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** As the store wants it. */
  get address(): { url: string; username: undefined; password: string | undefined } {
    return { url: this.url, username: undefined, password: this.options.password };
  }

  /** Starts it, again too: with its data where it is durable, else empty. */
  async start(): Promise<void> {
    const { durable = false, password, args = [] } = this.options;
    this.#process = new Deno.Command("redis-server", {
      args: [
        ...["--bind", "127.0.0.1", "--port", String(this.port), "--dir", this.directory.path],
        ...["--save", "", "--appendonly", durable ? "yes" : "no", "--appendfsync", "always"],
        ...(password === undefined ? [] : ["--requirepass", password]),
        ...args,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await within(30_000, "Redis", this.#answers());
  }

  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    this.#process = undefined;
    process.kill("SIGKILL");
    await process.status;
  }

  /** Has it stand still, or go on: its connections stay open and nothing answers. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(signal);
  }

  /** One command by redis-cli; its answer as text. */
  async command(...args: string[]): Promise<string> {
    const { options: { password }, port } = this;
    const { stdout } = await new Deno.Command("redis-cli", {
      args: [
        "-p",
        String(port),
        ...(password === undefined ? [] : ["--no-auth-warning", "-a", password]),
        ...args,
      ],
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  async #answers(): Promise<void> {
    while (!/^PONG$/.test(await this.command("PING"))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.directory[Symbol.asyncDispose]();
  }
}
