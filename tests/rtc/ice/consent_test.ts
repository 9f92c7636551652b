import assert from "node:assert/strict";
import { Answerer, type ConnectionState } from "../../../src/rtc/answerer.ts";
import { connect } from "../../support/connect.ts";
import { type DataChannel, STACK_NAMES, STACKS } from "../../support/stacks.ts";
import { within } from "../../support/within.ts";
import { FULL } from "../../support/extent.ts";

/** A connected viewer whose process is stopped for a while. */
class Frozen {
  readonly answerer = new Answerer();
  readonly states: { state: ConnectionState; at: number }[] = [];
  readonly #peer;
  readonly #channel: DataChannel;
  #changed = () => {};

  constructor(stack: typeof STACK_NAMES[number]) {
    this.#peer = STACKS[stack]();
    this.#channel = this.#peer.createDataChannel("a");
    this.answerer.onchannel = () => {};
    this.answerer.onstatechange = (state) => {
      this.states.push({ state, at: performance.now() });
      this.#changed();
    };
  }

  async connect(): Promise<void> {
    await connect(this.#peer, this.answerer);
    await this.state("connected", 15_000);
  }

  /** When the connection came to a state, in milliseconds. */
  async state(state: ConnectionState, ms: number): Promise<number> {
    const reached = async () => {
      while (this.answerer.state !== state) await new Promise<void>((resolve) => this.#changed = resolve);
    };
    await within(ms, state, reached());
    return this.states.at(-1)!.at;
  }

  freeze(): Promise<void> {
    return this.#channel.freeze();
  }

  thaw(): void {
    this.#channel.thaw();
  }

  async close(): Promise<void> {
    this.#channel.thaw();
    this.#peer.close();
    await this.answerer.close();
  }
}

for (const stack of STACK_NAMES) {
  Deno.test(`consent: a viewer that is silent is disconnected, and connected when it is heard again (${stack})`, async () => {
    const viewer = new Frozen(stack);
    try {
      await viewer.connect();
      await viewer.freeze();
      const frozen = performance.now();
      const after = await viewer.state("disconnected", 10_000) - frozen;
      assert.ok(after > 1_000, `after ${after} ms`);
      viewer.thaw();
      await viewer.state("connected", 10_000);
      assert.deepEqual(viewer.states.map(({ state }) => state), [
        "connecting",
        "connected",
        "disconnected",
        "connected",
      ]);
    } finally {
      await viewer.close();
    }
  });

  Deno.test({
    name: `consent: it ends 30 s after the last answer (${stack})${FULL ? "" : " (full run only)"}`,
    ignore: !FULL,
    fn: async () => {
      const viewer = new Frozen(stack);
      try {
        await viewer.connect();
        await viewer.freeze();
        const frozen = performance.now();
        // The last answer came up to 6 s before.
        const after = await viewer.state("failed", 33_000) - frozen;
        assert.ok(after > 23_000, `after ${after} ms`);
        viewer.thaw();
        assert.equal(viewer.answerer.state, "failed");
      } finally {
        await viewer.close();
      }
    },
  });
}

Deno.test({
  name: `consent: it ends though a restart is under way that leads nowhere${FULL ? "" : " (full run only)"}`,
  ignore: !FULL,
  fn: async () => {
    const peer = STACKS.libwebrtc();
    const answerer = new Answerer();
    const failed = new Promise<void>((resolve) => {
      answerer.onstatechange = (state) => {
        if (state === "failed") resolve();
      };
    });
    try {
      peer.createDataChannel("a");
      const announced = new Promise((resolve) => answerer.onchannel = resolve);
      await connect(peer, answerer);
      await within(15_000, "the channel", announced);
      const offer = await peer.createOffer({ iceRestart: true });
      // With credentials that nobody has.
      await answerer.accept(offer.sdp.replace(/^a=candidate:.*\r\n/gm, "").replace(/(a=ice-ufrag:)/g, "$1x"));
      const began = performance.now();
      await within(33_000, "failed", failed);
      assert.ok(performance.now() - began > 28_000);
    } finally {
      peer.close();
      await answerer.close();
    }
  },
});
