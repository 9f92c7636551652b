import { Association } from "../../../../src/rtc/sctp/association.ts";
import { seeded } from "../../../support/seeded.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Flow, FlowPlan } from "./flow.ts";
import { join } from "./network.ts";

/** What the program writes at once, in bytes, and how much of it it keeps queued. */
const MESSAGE = 16_384;
const QUEUED = 1 << 20;
const STREAM = 0;
/** WebRTC binary (RFC 8831, section 8). */
const BINARY = 53;

/** A flow of the association itself. */
export function associationFlow(plan: FlowPlan): Flow & { readonly sender: Association } {
  const start = plan.start ?? 0;
  const options = { now: start, random: seeded(plan.seed), maxPacketSize: 1_200 };
  const sender = new Association({ ...options, controller: plan.controller });
  const receiver = new Association({ ...options, receiveWindow: plan.window });
  let received = 0;
  receiver.onmessage = (_stream, _ppid, data) => received += data.byteLength;
  sender.connect(start);
  join(plan.clock, plan.path, new Writer(sender, plan), receiver, {
    start,
    timerGranularity: plan.timerGranularity ?? 0,
  });
  return {
    sender,
    get received() {
      return received;
    },
    get sent() {
      const half = sender.sender;
      return half === undefined ? 0 : half.delivered + half.lost + half.inFlight;
    },
    get retransmitted() {
      return sender.sender?.lost ?? 0;
    },
  };
}

/** An association with an application above it that writes. */
class Writer implements Endpoint {
  readonly #association: Association;
  readonly #start: number;
  readonly #stop: number;
  /** Bytes offered for each ms. */
  readonly #offered: number;
  readonly #message = new Uint8Array(MESSAGE);
  #written = 0;

  constructor(association: Association, plan: FlowPlan) {
    this.#association = association;
    this.#start = plan.start ?? 0;
    this.#stop = plan.stop ?? Infinity;
    this.#offered = (plan.offered ?? Infinity) / 1_000;
  }

  get nextTimeout(): number | undefined {
    const { nextTimeout } = this.#association;
    if (this.#offered === Infinity || this.#association.state !== "established") return nextTimeout;
    if (this.#association.bufferedAmount(STREAM) >= QUEUED) return nextTimeout;
    const next = this.#start + (this.#written + MESSAGE) / this.#offered;
    return next < this.#stop ? Math.min(nextTimeout ?? Infinity, next) : nextTimeout;
  }

  receive(packet: Uint8Array, now: number): void {
    this.#association.receive(packet, now);
  }

  tick(now: number): void {
    this.#association.tick(now);
  }

  poll(now: number): Uint8Array | undefined {
    if (this.#association.state === "established" && now < this.#stop) this.#write(now);
    return this.#association.poll(now);
  }

  #write(now: number): void {
    const due = this.#offered * (now - this.#start);
    while (this.#written + MESSAGE <= due && this.#association.bufferedAmount(STREAM) < QUEUED) {
      this.#association.send(STREAM, BINARY, this.#message);
      this.#written += MESSAGE;
    }
  }
}
