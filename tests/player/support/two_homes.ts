import {
  addNamespace,
  inNamespace,
  ip,
  join,
  makeRouter,
  removeNamespaces,
  run,
} from "../../support/namespaces.ts";

/** How a router translates addresses, in the words of RFC 4787, sections 4.1 and 5. */
export interface Nat {
  /** Whether a socket has one address outside, or one for each that it talks to ("symmetric NAT"). */
  readonly mapping: "endpoint-independent" | "address-and-port-dependent";
  /** Whether anybody is let in to a socket, or those alone that it has talked to. */
  readonly filtering: "endpoint-independent" | "address-and-port-dependent";
  /** What it lets through in neither direction, as a match of nftables. */
  readonly drop?: string;
}

/** What most routers at home do ("port-restricted cone"). */
export const RESTRICTED: Nat = {
  mapping: "endpoint-independent",
  filtering: "address-and-port-dependent",
};
/** What a port does that is forwarded ("full cone"). */
export const OPEN: Nat = { mapping: "endpoint-independent", filtering: "endpoint-independent" };
/** What many mobile networks and offices do. */
export const SYMMETRIC: Nat = {
  mapping: "address-and-port-dependent",
  filtering: "address-and-port-dependent",
};

export interface Nats {
  readonly box: Nat;
  readonly viewer: Nat;
}

/** Where each side lives: its network at home, and that of its provider. */
const NETS = {
  box: { home: "192.168.21", provider: "198.51.100" },
  viewer: { home: "192.168.42", provider: "203.0.113" },
} as const;
const SIDES = ["box", "viewer"] as const;

/**
 * A box in one home and a viewer in another, each behind a router, and the internet between them with its servers:
 * five network namespaces of Linux. What the routers do to packets is done by the kernel.
 */
export class TwoHomes implements AsyncDisposable {
  /** Addresses of the servers. */
  static readonly servers = ["192.0.2.1", "192.0.2.2"] as const;
  static #count = 0;
  readonly #names;

  private constructor() {
    const id = `${Deno.pid}-${TwoHomes.#count++}`;
    this.#names = {
      home: { box: `unarr-hb-${id}`, viewer: `unarr-hv-${id}` },
      router: { box: `unarr-rb-${id}`, viewer: `unarr-rv-${id}` },
      internet: `unarr-i-${id}`,
    } as const;
  }

  /** What this machine has not that is needed; undefined where it has all. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
    try {
      await using _ = await TwoHomes.make({ box: OPEN, viewer: SYMMETRIC });
      return undefined;
    } catch (error) {
      return `no network namespaces with NAT: ${(error as Error).message.split("\n")[0]}`;
    }
  }

  static async make(nats: Nats): Promise<TwoHomes> {
    const homes = new TwoHomes();
    try {
      await homes.#setUp();
      await homes.translate(nats);
      return homes;
    } catch (error) {
      await homes[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What runs a program on the box. */
  get box(): [string, ...string[]] {
    return inNamespace(this.#names.home.box);
  }

  /** What runs a program at the viewer's. */
  get viewer(): [string, ...string[]] {
    return inNamespace(this.#names.home.viewer);
  }

  /** What runs a program on the internet. */
  get internet(): [string, ...string[]] {
    return inNamespace(this.#names.internet);
  }

  /** How the routers translate from now on. What has begun goes on as it was. */
  async translate(nats: Nats): Promise<void> {
    for (const side of SIDES) {
      await run([...inNamespace(this.#names.router[side]), "nft", rules(nats[side], `${NETS[side].home}.2`)]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { home, router, internet } = this.#names;
    await removeNamespaces([home.box, home.viewer, router.box, router.viewer, internet]);
  }

  async #setUp(): Promise<void> {
    const { internet, ...names } = this.#names;
    await addNamespace(internet);
    await makeRouter(internet);
    for (const address of TwoHomes.servers) await ip(`-n ${internet} address add ${address}/32 dev lo`);
    for (const side of SIDES) {
      const [own, router, { home, provider }] = [names.home[side], names.router[side], NETS[side]];
      await addNamespace(own);
      await addNamespace(router);
      await makeRouter(router);
      await join([own, "eth0", `${home}.2/24`], [router, "lan", `${home}.1/24`]);
      await join([router, "wan", `${provider}.2/24`], [internet, side, `${provider}.1/24`]);
      await ip(`-n ${own} route add default via ${home}.1`);
      await ip(`-n ${router} route add default via ${provider}.1`);
    }
  }
}

/** What a router does, for nftables. Linux keeps a socket's port where it is free, so that it has one for all. */
function rules({ mapping, filtering, drop }: Nat, home: string): string {
  const leave = `masquerade${mapping === "endpoint-independent" ? "" : " fully-random"}`;
  const enter = filtering === "endpoint-independent" ? `iifname wan meta l4proto udp dnat to ${home};` : "";
  const chains = {
    leave: `type nat hook postrouting priority srcnat; oifname wan ${leave};`,
    enter: `type nat hook prerouting priority dstnat; ${enter}`,
    forward: "type filter hook forward priority filter; " +
      (drop === undefined ? "" : `${drop} drop; `) +
      "iifname wan ct status dnat accept; iifname wan ct state new drop;",
    // As on every router. What it took for itself would also have the port that the peer's answer is for.
    input: "type filter hook input priority filter; iifname wan ct state new drop;",
  };
  const all = Object.entries(chains).map(([name, chain]) => `chain ${name} { ${chain} };`);
  return `table ip home; flush table ip home; table ip home { ${all.join(" ")} };`;
}
