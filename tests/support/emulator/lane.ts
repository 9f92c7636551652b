import { DeliveryQueue } from "./delivery_queue.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ModelCounts, PathModel } from "./path_model.ts";

/** Bytes on their way in one direction at most. */
const MAX_HELD = 64 << 20;

/** A packet that leaves so much after its time is counted as late, in ms. */
const LATE_MS = 2;

/** Packets of one direction by what became of them. */
export interface LaneCounts extends ModelCounts {
  sent: number;
  sentBytes: number;
  /** Dropped while the path was cut, those on their way included. */
  cut: number;
  /** Dropped because {@link MAX_HELD} bytes were on their way. */
  overflow: number;
  /** Sent more than {@link LATE_MS} ms after their time: the machine was busy. */
  late: number;
}

interface Packet {
  readonly data: Uint8Array;
  readonly socket: Endpoint;
  readonly to: Deno.NetAddr;
}

/** One direction of a path in real time: packets between the model's decision and their time. */
export class Lane {
  readonly #model: PathModel;
  readonly #counts = { sent: 0, sentBytes: 0, cut: 0, overflow: 0, late: 0 };
  readonly #queue = new DeliveryQueue<Packet>();
  #index = 0;
  #queuedBytes = 0;
  #sendingBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #open = true;

  constructor(model: PathModel) {
    this.#model = model;
  }

  get counts(): LaneCounts {
    return { ...this.#model.counts, ...this.#counts };
  }

  /** Sends a copy of `data` from `socket` when and if the model says so. */
  take(data: Uint8Array, socket: Endpoint, to: Deno.NetAddr): void {
    const now = performance.now();
    if (!this.#open) {
      this.#counts.cut++;
      return;
    }
    const arrivals = this.#model.take(this.#index++, data.byteLength, now);
    if (arrivals.length > 0) {
      const packet = { data: data.slice(), socket, to };
      for (const arrival of arrivals) this.#hold(arrival, packet);
    }
    this.#deliver(now);
  }

  /** Drops what is on its way and what comes, until {@link mend}. */
  cut(): void {
    this.#open = false;
    this.#counts.cut += this.#queue.length;
    this.#queue.clear();
    this.#queuedBytes = 0;
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    clearTimeout(this.#timer);
  }

  #hold(time: number, packet: Packet): void {
    const { byteLength } = packet.data;
    if (this.#queuedBytes + this.#sendingBytes + byteLength > MAX_HELD) {
      this.#counts.overflow++;
      return;
    }
    this.#queuedBytes += byteLength;
    this.#queue.push(time, packet);
  }

  #deliver(now: number): void {
    for (let due = this.#queue.next; due <= now; due = this.#queue.next) {
      const packet = this.#queue.shift(now)!;
      this.#queuedBytes -= packet.data.byteLength;
      if (now - due > LATE_MS) this.#counts.late++;
      void this.#send(packet);
    }
    this.#arm(now);
  }

  async #send({ data, socket, to }: Packet): Promise<void> {
    this.#counts.sent++;
    this.#counts.sentBytes += data.byteLength;
    this.#sendingBytes += data.byteLength;
    await socket.send(data, to);
    this.#sendingBytes -= data.byteLength;
  }

  #arm(now: number): void {
    const { next } = this.#queue;
    if (next >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = next;
    this.#timer = setTimeout(() => {
      this.#timerAt = Infinity;
      this.#deliver(performance.now());
    }, next - now);
  }
}
