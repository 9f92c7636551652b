import { Endpoint } from "./endpoint.ts";
import { Lane, type LaneCounts } from "./lane.ts";
import type { PathModel } from "./path_model.ts";
import { type Direction, DIRECTIONS, type PathSettings } from "./settings.ts";
import { socketDrops } from "./socket_drops.ts";

/** Addresses of viewers per target at most; the one unused for longest makes room. */
const MAX_ROUTES = 64;

export interface PathCounts {
  readonly up: LaneCounts;
  readonly down: LaneCounts;
  /** Dropped by the system before they were read; undefined where the system does not tell. */
  readonly missed: number | undefined;
}

/**
 * A path through sockets of its own: a viewer sends to what {@link open} gives, and the box sees one
 * socket for each address that the viewer sends from.
 */
export class DatagramPath {
  readonly #models: Record<Direction, PathModel>;
  readonly #lanes: Record<Direction, Lane>;
  /** What viewers send to, by the address of the box behind it. */
  readonly #fronts = new Map<string, Endpoint>();
  readonly #endpoints = new Set<Endpoint>();

  constructor(models: Record<Direction, PathModel>) {
    this.#models = models;
    this.#lanes = { up: new Lane(models.up), down: new Lane(models.down) };
  }

  /**
   * The port, at the same address, that leads to a port of the box; the same each time.
   *
   * @throws {Deno.errors} where the address is not one of this machine's
   */
  open(target: { readonly hostname: string; readonly port: number }): number {
    const key = `${target.hostname} ${target.port}`;
    let front = this.#fronts.get(key);
    if (front === undefined) {
      front = this.#bind(target.hostname);
      this.#fronts.set(key, front);
      this.#relay(front, { hostname: target.hostname, port: target.port, transport: "udp" });
    }
    return front.port;
  }

  /** @throws {RangeError} for settings that mean nothing; then none is changed in that direction */
  set(settings: PathSettings): void {
    for (const direction of DIRECTIONS) {
      this.#models[direction].set({ ...settings.both, ...settings[direction] });
    }
  }

  /** Drops everything, also what is on its way, until {@link mend}. */
  cut(): void {
    for (const direction of DIRECTIONS) this.#lanes[direction].cut();
  }

  mend(): void {
    for (const direction of DIRECTIONS) this.#lanes[direction].mend();
  }

  async counts(): Promise<PathCounts> {
    const ports = [...this.#endpoints].map(({ port }) => port);
    const missed = await socketDrops(ports);
    return { up: this.#lanes.up.counts, down: this.#lanes.down.counts, missed };
  }

  close(): void {
    for (const direction of DIRECTIONS) this.#lanes[direction].close();
    for (const endpoint of this.#endpoints) endpoint.close();
    this.#endpoints.clear();
  }

  #bind(hostname: string): Endpoint {
    const endpoint = new Endpoint(hostname);
    this.#endpoints.add(endpoint);
    return endpoint;
  }

  #relay(front: Endpoint, target: Deno.NetAddr): void {
    /** What stands for each address of the viewer at the box, in the order of their last use. */
    const routes = new Map<string, Endpoint>();
    void front.receive((data, viewer) => {
      const key = `${viewer.hostname} ${viewer.port}`;
      const route = routes.get(key) ?? this.#route(front, viewer, target);
      routes.delete(key);
      routes.set(key, route);
      if (routes.size > MAX_ROUTES) this.#forgetOldest(routes);
      this.#lanes.up.take(data, route, target);
    });
  }

  #route(front: Endpoint, viewer: Deno.NetAddr, target: Deno.NetAddr): Endpoint {
    const route = this.#bind(target.hostname);
    void route.receive((data, { port }) => {
      // From the box alone: a stranger's datagram is not the path's.
      if (port === target.port) this.#lanes.down.take(data, front, viewer);
    });
    return route;
  }

  #forgetOldest(routes: Map<string, Endpoint>): void {
    const [key, endpoint] = routes.entries().next().value!;
    routes.delete(key);
    this.#endpoints.delete(endpoint);
    endpoint.close();
  }
}
