import { within } from "../within.ts";
import { pack, packets } from "../stack_packets.ts";
import type { PathCounts } from "./datagram_path.ts";
import { type Detour, hostAddress, mapCandidates, withoutCandidates, withPort } from "./detour.ts";
import type { Command } from "./host.ts";
import type { PathSettings } from "./settings.ts";

/** How long an answer of the emulator's process may take, in ms. */
const ANSWER_MS = 10_000;

/**
 * A UDP path between one viewer and the box, in a process of its own, that loses, delays and doubles what
 * crosses it. Both are led through it by the {@link Detour}: the box learns the viewer as peer reflexive,
 * and the viewer is told the emulator's ports in place of the box's.
 */
export class Emulator implements Detour, AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Answers come in the order of the commands. */
  readonly #calls: PromiseWithResolvers<unknown>[] = [];
  readonly #ended: Promise<void>;

  private constructor(seed: number) {
    const process = this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        // All: what the system dropped is in /proc, which Deno reads for nobody else.
        ...["run", "--no-check", "--allow-all"],
        new URL("host.ts", import.meta.url).href,
        String(seed),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: Deno.env.get("UNARR_TEST_STDERR") ? "inherit" : "null",
    }).spawn();
    this.#writer = process.stdin.getWriter();
    this.#ended = this.#listen();
  }

  /**
   * @param seed decides which packets are hit: with the same seed and settings the same ones
   * @throws {Error} that names the setting which means nothing
   */
  static async start(settings: PathSettings = {}, seed = 1): Promise<Emulator> {
    const emulator = new Emulator(seed);
    try {
      await emulator.set(settings);
    } catch (error) {
      await emulator[Symbol.asyncDispose]();
      throw error;
    }
    return emulator;
  }

  /**
   * Changes settings while packets flow; what is left out stays.
   *
   * @throws {Error} that names the setting which means nothing
   */
  async set(settings: PathSettings): Promise<void> {
    await this.#call({ op: "set", settings });
  }

  /** Drops everything, also what is on its way, until {@link mend}. */
  async cut(): Promise<void> {
    await this.#call({ op: "cut" });
  }

  async mend(): Promise<void> {
    await this.#call({ op: "mend" });
  }

  async counts(): Promise<PathCounts> {
    return await this.#call({ op: "counts" }) as PathCounts;
  }

  /** The port that leads to a port of this machine, at the same address. */
  async open(hostname: string, port: number): Promise<number> {
    return await this.#call({ op: "open", hostname, port }) as number;
  }

  offer(sdp: string): string {
    return withoutCandidates(sdp);
  }

  answer(sdp: string): Promise<string> {
    return mapCandidates(sdp, (candidate) => this.candidate(candidate));
  }

  async candidate(candidate: string): Promise<string | undefined> {
    const host = hostAddress(candidate);
    return host && withPort(candidate, await this.open(host.hostname, host.port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#process.status;
    await this.#ended;
  }

  #call(command: Command): Promise<unknown> {
    const call = Promise.withResolvers<unknown>();
    this.#calls.push(call);
    this.#writer.write(pack({ ...command })).catch(() => {});
    return within(ANSWER_MS, `the emulator's answer to ${command.op}`, call.promise);
  }

  async #listen(): Promise<void> {
    for await (const { head } of packets(this.#process.stdout)) {
      const { resolve, reject } = this.#calls.shift()!;
      if (head.error === undefined) resolve(head.result);
      else reject(new Error(String(head.error)));
    }
    for (const { reject } of this.#calls) reject(new Error("the emulator's process ended"));
  }
}
