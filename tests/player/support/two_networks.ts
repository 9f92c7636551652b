import {
  addNamespace,
  inNamespace,
  ip,
  join,
  makeRouter,
  removeNamespaces,
  run,
} from "../../support/namespaces.ts";

/**
 * A box and a viewer in networks of their own, and between them a router with a relay's address: three network
 * namespaces of Linux. Without NAT; what the router drops can be changed.
 */
export class TwoNetworks implements AsyncDisposable {
  /** The router, as both see it; a relay listens there. */
  static readonly router = "10.78.2.1";
  static #count = 0;
  readonly #box: string;
  readonly #router: string;
  readonly #viewer: string;
  /** Host number of the box's address. */
  #host = 2;

  private constructor() {
    const id = `${Deno.pid}-${TwoNetworks.#count++}`;
    [this.#box, this.#router, this.#viewer] = [`unarr-b-${id}`, `unarr-r-${id}`, `unarr-v-${id}`];
  }

  /** What this machine has not that is needed; undefined where it has all. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
    try {
      await using _ = await TwoNetworks.make();
      return undefined;
    } catch (error) {
      return `no network namespaces: ${(error as Error).message.split("\n")[0]}`;
    }
  }

  static async make(): Promise<TwoNetworks> {
    const networks = new TwoNetworks();
    try {
      await networks.#setUp();
      return networks;
    } catch (error) {
      await networks[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What runs a program on the box. */
  get box(): [string, ...string[]] {
    return inNamespace(this.#box);
  }

  /** What runs a program on the router. */
  get router(): [string, ...string[]] {
    return inNamespace(this.#router);
  }

  /** What runs a program at the viewer's. */
  get viewer(): [string, ...string[]] {
    return inNamespace(this.#viewer);
  }

  /** Gives the box another address; the one before is gone at the same moment. */
  async renumberBox(): Promise<void> {
    await ip(`-n ${this.#box} address del 10.78.1.${this.#host++}/24 dev eth0`);
    await ip(`-n ${this.#box} address add 10.78.1.${this.#host}/24 dev eth0`);
    // The route went with the address it was made with.
    await ip(`-n ${this.#box} route replace default via 10.78.1.1`);
  }

  /** Between box and viewer the router drops what `match` says; nothing where it is left out. */
  async drop(match?: string): Promise<void> {
    const rule = match === undefined ? "" : `${match} drop;`;
    const chain = `chain forward { type filter hook forward priority filter; ${rule} }`;
    await run([...this.router, "nft", `table ip t; flush table ip t; table ip t { ${chain}; }`]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeNamespaces([this.#box, this.#router, this.#viewer]);
  }

  async #setUp(): Promise<void> {
    const [box, router, viewer] = [this.#box, this.#router, this.#viewer];
    for (const name of [box, router, viewer]) await addNamespace(name);
    for (const [name, net] of [[box, 1], [viewer, 2]] as const) {
      await join([router, `net${net}`, `10.78.${net}.1/24`], [name, "eth0", `10.78.${net}.2/24`]);
      await ip(`-n ${name} route add default via 10.78.${net}.1`);
    }
    await makeRouter(router);
    await this.drop();
  }
}
