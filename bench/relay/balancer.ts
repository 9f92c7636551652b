import { type Address, type Answer, Disconnected, HttpConnection } from "./http_connection.ts";

/** An address that refused a connection is passed over for so long, in milliseconds, as a proxy would. */
const SHUNNED_MS = 500;

/** So many attempts find an instance that lives, with a pause from the second round on, in milliseconds. */
const ATTEMPTS = 60;
const PAUSE_MS = 250;

export interface CallOutcome extends Answer {
  /** How often the request had to be sent again after a connection broke under it: it may have been served. */
  readonly resent: number;
}

/** Spreads requests over the instances of a relay in turn, over connections that are kept, as a proxy does. */
export class Balancer {
  readonly #addresses: readonly Address[];
  readonly #free: HttpConnection[][];
  readonly #shunnedUntil: number[];
  #next = 0;

  constructor(addresses: readonly Address[]) {
    this.#addresses = addresses;
    this.#free = addresses.map(() => []);
    this.#shunnedUntil = addresses.map(() => 0);
  }

  /** A connection to an instance that takes one; @throws {Disconnected} where none does */
  async connection(fresh = false): Promise<HttpConnection> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const which = this.#pick();
      const kept = fresh ? undefined : this.#free[which]!.pop();
      if (kept?.reusable) return kept;
      try {
        return await HttpConnection.open(this.#addresses[which]!);
      } catch {
        this.#shunnedUntil[which] = performance.now() + SHUNNED_MS;
        if (attempt >= this.#addresses.length) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    throw new Disconnected("no instance takes a connection");
  }

  /**
   * A request to any instance; one whose connection breaks is sent again.
   *
   * @param resending called before that
   */
  async call(
    method: string,
    path: string,
    token: string,
    body?: unknown,
    resending: () => void = () => {},
  ): Promise<CallOutcome> {
    for (let resent = 0; resent < ATTEMPTS; resent++) {
      const connection = await this.connection();
      if (resent > 0) resending();
      try {
        const answer = await connection.request(method, path, token, body);
        this.keep(connection);
        return { ...answer, resent };
      } catch {
        // The next instance has it.
      }
    }
    throw new Disconnected("the request broke off each time");
  }

  /** Takes a connection back whose request is over. */
  keep(connection: HttpConnection): void {
    if (connection.reusable) this.#free[this.#addresses.indexOf(connection.address)]!.push(connection);
  }

  close(): void {
    for (const connection of this.#free.flat()) connection.close();
  }

  #pick(): number {
    const now = performance.now();
    for (let i = 0; i < this.#addresses.length; i++) {
      const which = this.#next++ % this.#addresses.length;
      if (this.#shunnedUntil[which]! <= now) return which;
    }
    return this.#next++ % this.#addresses.length;
  }
}
