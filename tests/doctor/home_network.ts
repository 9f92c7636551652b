import { system } from "../commands/shell.ts";
import {
  addNamespace,
  inNamespace,
  ip,
  join,
  makeRouter,
  removeNamespaces,
  run,
} from "../support/namespaces.ts";

/** What a router does, in the words of nftables. */
export interface RouterRules {
  /** To what leaves for the outside; nothing by default. */
  readonly nat?: string;
  /** What it lets through in neither direction, as a match. */
  readonly drop?: string;
}

/**
 * A box behind a router, and servers outside, in three network namespaces of Linux: what the router does to
 * the box's packets is done by the kernel.
 */
export class HomeNetwork implements AsyncDisposable {
  /** Addresses outside. */
  static readonly servers = ["198.51.100.10", "198.51.100.11"] as const;
  static #count = 0;
  readonly #names: readonly [box: string, router: string, outside: string];

  private constructor() {
    const id = `${Deno.pid}-${HomeNetwork.#count++}`;
    this.#names = [`unarr-box-${id}`, `unarr-router-${id}`, `unarr-outside-${id}`];
  }

  /** What this machine has not that is needed; undefined where it has all. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
    const has = async (name: string) => (await system(name, ["-V"]).catch(() => undefined)) !== undefined;
    if (!await has("ip") || !await has("nft")) return "needs iproute2 and nftables";
    const probe = new HomeNetwork();
    try {
      await probe.#setUp({ nat: "masquerade" });
      return undefined;
    } catch (error) {
      return `no namespaces with NAT: ${(error as Error).message.split("\n")[0]}`;
    } finally {
      await probe[Symbol.asyncDispose]();
    }
  }

  static async make(rules: RouterRules): Promise<HomeNetwork> {
    const network = new HomeNetwork();
    try {
      await network.#setUp(rules);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What runs a program on the box. */
  get box(): string[] {
    return inNamespace(this.#names[0]);
  }

  /** What runs a program outside. */
  get outside(): string[] {
    return inNamespace(this.#names[2]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeNamespaces(this.#names);
  }

  async #setUp({ nat, drop }: RouterRules): Promise<void> {
    const [box, router, outside] = this.#names;
    const uplink = "wan";
    for (const name of this.#names) await addNamespace(name);
    await join([router, "lan", "192.168.77.1/24"], [box, "eth0", "192.168.77.2/24"]);
    const [first, ...others] = HomeNetwork.servers;
    await join([router, uplink, "198.51.100.1/24"], [outside, "eth0", `${first}/24`]);
    for (const server of others) await ip(`-n ${outside} address add ${server}/24 dev eth0`);
    await ip(`-n ${box} route add default via 192.168.77.1`);
    await ip(`-n ${outside} route add default via 198.51.100.1`);
    await makeRouter(router);
    const forward = `type filter hook forward priority filter; ${drop === undefined ? "" : `${drop} drop;`}`;
    const leave = `type nat hook postrouting priority srcnat; ${
      nat === undefined ? "" : `oifname "${uplink}" ${nat};`
    }`;
    const ruleset = `table ip home { chain forward { ${forward} }; chain leave { ${leave} }; }`;
    await run([...inNamespace(router), "nft", ruleset]);
  }
}
