import { Program } from "../../support/program.ts";

const KEY = "a-key-of-the-box-that-nobody-guesses";

/** Viewer token of {@link Setup}. */
export const TOKEN = "a-token-of-a-viewer-0123456789abcdef";

export interface SetupOptions {
  readonly share: string;
  /** Where the relay listens. */
  readonly listen: string;
  /** What starts the relay, and what starts the box, such as a network namespace. */
  readonly relayThrough?: readonly [string, ...string[]];
  readonly boxThrough?: readonly [string, ...string[]];
  /** Further options of `serve` and of `relay`. */
  readonly serve?: readonly string[];
  readonly relay?: readonly string[];
}

/** A relay and a box, each a process of its own that can be killed and started again with the same arguments. */
export class Setup implements AsyncDisposable {
  readonly #options: SetupOptions;
  readonly #keys: string;
  relay: Program | undefined;
  box: Program | undefined;

  private constructor(options: SetupOptions, keys: string) {
    this.#options = options;
    this.#keys = keys;
  }

  static async make(options: SetupOptions): Promise<Setup> {
    const keys = await Deno.makeTempDir({ prefix: "unarr-keys-" });
    await Deno.writeTextFile(`${keys}/agent`, KEY);
    await Deno.writeTextFile(`${keys}/viewer`, TOKEN);
    return new Setup(options, keys);
  }

  /** Where the player is, without its fragment. */
  get origin(): string {
    return `http://${this.#options.listen}`;
  }

  /** The player's link. */
  link(fields: Record<string, string> = {}, query = ""): string {
    return `${this.origin}/${query}#${new URLSearchParams({ token: TOKEN, ...fields })}`;
  }

  /** Starts the relay; resolves when it listens. */
  async startRelay(): Promise<void> {
    const files = [
      "--agent-token-file",
      `${this.#keys}/agent`,
      "--viewer-token-file",
      `${this.#keys}/viewer`,
    ];
    const args = ["relay", "--listen", this.#options.listen, ...files, ...this.#options.relay ?? []];
    this.relay = start(args, this.#options.relayThrough);
    await this.relay.link;
  }

  /** Starts the box; resolves when it has registered. */
  async startBox(): Promise<void> {
    const args = [`--allow-read=${this.#options.share}`, "serve", "--relay", this.origin];
    this.box = start(
      [...args, "--api-key-file", `${this.#keys}/agent`, ...this.#options.serve ?? []],
      this.#options.boxThrough,
    );
    await this.box.logged(/registered as/);
  }

  /** Ends a process without a goodbye. */
  async kill(which: "relay" | "box"): Promise<void> {
    await this[which]?.[Symbol.asyncDispose]();
    this[which] = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("box");
    await this.kill("relay");
    await Deno.remove(this.#keys, { recursive: true });
  }
}

function start(args: readonly string[], through?: readonly [string, ...string[]]): Program {
  return Program.spawn(args, {}, through ? { through } : undefined);
}
