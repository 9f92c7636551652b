import { freePort } from "./free_port.ts";
import { within } from "./within.ts";

/** coturn with one user, or with a secret, as a STUN and TURN server. */
export class Coturn implements AsyncDisposable {
  static readonly username = "viewer";
  static readonly credential = "a-credential-of-the-tests";
  static readonly credentials = `${Coturn.username}:${Coturn.credential}`;
  readonly #process: Deno.ChildProcess;
  readonly #log: Promise<void>;
  /** The end of its log. */
  #tail = "";
  readonly #up = Promise.withResolvers<void>();

  private constructor(process: Deno.ChildProcess, addresses: readonly string[], readonly port: number) {
    this.#process = process;
    this.#up.promise.catch(() => {});
    this.#log = this.#read(addresses.flatMap((address) => [
      `UDP listener opened on: ${address}:${port}`,
      `TCP listener opened on : ${address}:${port}`,
    ]));
  }

  /** Whether the machine has it. */
  static async installed(): Promise<boolean> {
    return await new Deno.Command("turnserver", { args: ["--help"], stdout: "null", stderr: "null" }).output()
      .then(() => true, () => false);
  }

  /**
   * @param options.under a program of the system, with its options, that starts it
   * @param options.secret of which credentials are made, in place of the user
   */
  static async start(
    addresses: readonly string[] = ["127.0.0.1"],
    options: { port?: number; under?: readonly string[]; secret?: string; more?: readonly string[] } = {},
  ): Promise<Coturn> {
    const { port = freePort(), under = [], secret, more = [] } = options;
    const [command, ...args] = [
      ...under,
      "turnserver",
      ...[
        "-v",
        "-n",
        "--no-cli",
        "--log-file=stdout",
        "--pidfile=/dev/null",
        "--realm=tests",
      ],
      ...(secret === undefined
        ? ["--lt-cred-mech", `--user=${Coturn.credentials}`]
        : ["--use-auth-secret", `--static-auth-secret=${secret}`]),
      ...[`--listening-port=${port}`, "--min-port=49160", "--max-port=49999"],
      // With a certificate it would listen on the one port of all besides.
      `--tls-listening-port=${freePort()}`,
      ...addresses.flatMap((address) => [`--listening-ip=${address}`, `--relay-ip=${address}`]),
      ...["--allow-loopback-peers", ...more],
    ];
    const process = new Deno.Command(command!, { args, stdout: "piped", stderr: "null" }).spawn();
    const server = new Coturn(process, addresses, port);
    try {
      await within(20_000, "coturn", server.#up.promise);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new Error(`coturn did not start: ${server.#tail}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // Ended already.
    }
    await this.#process.status;
    await this.#log;
  }

  /** Reads the log to its end; it is up when all of `lines` have come. */
  async #read(lines: readonly string[]): Promise<void> {
    const missing = new Set(lines);
    for await (const chunk of this.#process.stdout.pipeThrough(new TextDecoderStream() as TransformStream)) {
      this.#tail = (this.#tail + chunk).slice(-20_000);
      for (const line of missing) if (this.#tail.includes(line)) missing.delete(line);
      if (missing.size === 0) this.#up.resolve();
    }
    this.#up.reject(new Error("coturn ended"));
  }
}
