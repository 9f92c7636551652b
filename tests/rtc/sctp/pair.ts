import { Association, type AssociationOptions } from "../../../src/rtc/sctp/association.ts";
import { seeded } from "../../support/seeded.ts";

/** What happens to packets of one direction. */
export interface LinkFaults {
  /** Each way, in ms. */
  readonly delay: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** Share of packets held back, and for how long in ms. */
  readonly reorder?: number;
  readonly reorderMs?: number;
  /** Whether a packet does not get through. */
  readonly drop?: (packet: Uint8Array) => boolean;
  /** Changes a packet on its way. */
  readonly mangle?: (packet: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

interface Travelling {
  readonly at: number;
  readonly order: number;
  readonly to: End;
  readonly packet: Uint8Array<ArrayBuffer>;
}

export interface End {
  readonly association: Association;
  readonly received: { streamId: number; ppid: number; data: Uint8Array }[];
  sent: number;
}

/** Two associations on virtual time, with a path between them. */
export class Pair {
  now = 0;
  readonly client: End;
  readonly server: End;
  readonly #random: () => number;
  readonly #faults: LinkFaults;
  readonly #travelling: Travelling[] = [];
  #order = 0;

  constructor(
    seed: number,
    faults: LinkFaults,
    options: { client?: Partial<AssociationOptions>; server?: Partial<AssociationOptions> } = {},
  ) {
    this.#random = seeded(seed);
    this.#faults = faults;
    this.client = this.#end(options.client);
    this.server = this.#end(options.server);
  }

  /** Handshake. */
  connect(): void {
    this.client.association.connect(this.now);
    this.drive(() =>
      this.client.association.state === "established" && this.server.association.state === "established"
    );
  }

  /** Runs until `done`, or until nothing happens any more or `ms` have passed; answers whether it was done. */
  drive(done: () => boolean, ms = 600_000): boolean {
    const until = this.now + ms;
    for (let steps = 0; steps < 5_000_000; steps++) {
      this.#flush(this.client, this.server);
      this.#flush(this.server, this.client);
      if (done()) return true;
      const next = this.#nextEvent();
      if (next === undefined || next > until) return false;
      this.now = Math.max(this.now, next);
      this.#deliver();
      this.client.association.tick(this.now);
      this.server.association.tick(this.now);
    }
    throw new Error("the two ends never come to rest");
  }

  #end(options: Partial<AssociationOptions> = {}): End {
    const association = new Association({ now: 0, random: this.#random, ...options });
    const received: End["received"] = [];
    association.onmessage = (streamId, ppid, data) => received.push({ streamId, ppid, data });
    return { association, received, sent: 0 };
  }

  #flush(from: End, to: End): void {
    for (let i = 0;; i++) {
      if (i > 100_000) throw new Error("an end sends without end");
      const packet = from.association.poll(this.now);
      if (packet === undefined) return;
      from.sent++;
      checkOrder(packet);
      this.#transmit(packet.slice(), to);
    }
  }

  #transmit(packet: Uint8Array<ArrayBuffer>, to: End): void {
    const { delay, loss = 0, duplicate = 0, reorder = 0, reorderMs = 0, mangle, drop } = this.#faults;
    if (this.#random() < loss || drop?.(packet) === true) return;
    const held = this.#random() < reorder ? reorderMs : 0;
    const copies = this.#random() < duplicate ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.#travelling.push({
        at: this.now + delay + held,
        order: this.#order++,
        to,
        packet: mangle === undefined ? packet : mangle(packet),
      });
    }
  }

  #nextEvent(): number | undefined {
    let next = Infinity;
    for (const { at } of this.#travelling) next = Math.min(next, at);
    for (const { association } of [this.client, this.server]) {
      next = Math.min(next, association.nextTimeout ?? Infinity);
    }
    return next === Infinity ? undefined : next;
  }

  #deliver(): void {
    const due = this.#travelling.filter(({ at }) => at <= this.now).sort((a, b) =>
      a.at - b.at || a.order - b.order
    );
    for (const travelling of due) {
      this.#travelling.splice(this.#travelling.indexOf(travelling), 1);
      travelling.to.association.receive(travelling.packet, this.now);
    }
  }
}

/** DATA comes last in a packet, and every chunk begins at a multiple of four. */
function checkOrder(packet: Uint8Array): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.byteLength % 4 !== 0) throw new Error("a packet is not padded");
  let data = false;
  for (let at = 12; at < packet.byteLength; at += (view.getUint16(at + 2) + 3) & ~3) {
    const isData = packet[at] === 0;
    if (data && !isData) throw new Error(`chunk ${packet[at]} comes behind DATA`);
    data ||= isData;
  }
}
