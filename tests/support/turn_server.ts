import { within } from "./within.ts";

/** coturn on loopback, with one user, and what it relays counted by nobody but itself. */
export class TurnServer implements AsyncDisposable {
  static readonly username = "viewer";
  static readonly credential = "a-credential-of-the-tests";
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, readonly port: number) {
    this.#process = process;
  }

  /** Whether the machine has coturn. */
  static async installed(): Promise<boolean> {
    return await new Deno.Command("turnserver", { args: ["--help"], stdout: "null", stderr: "null" }).output()
      .then(() => true, () => false);
  }

  static async start(): Promise<TurnServer> {
    // A port that was free a moment ago.
    const probe = Deno.listenDatagram({ hostname: "127.0.0.1", port: 0, transport: "udp" });
    const { port } = probe.addr as Deno.NetAddr;
    probe.close();
    const process = new Deno.Command("turnserver", {
      args: [
        ...["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`],
        ...["--lt-cred-mech", "--realm=tests", `--user=${TurnServer.username}:${TurnServer.credential}`],
        ...["--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout"],
        ...["--min-port=49160", "--max-port=49999", "--pidfile=/dev/null"],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new TurnServer(process, port);
    await within(10_000, "coturn", server.#listening());
    return server;
  }

  /** Its TCP port opens with the UDP one. */
  async #listening(): Promise<void> {
    for (;;) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}
