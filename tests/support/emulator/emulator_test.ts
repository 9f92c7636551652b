import assert from "node:assert/strict";
import { within } from "../within.ts";
import type { PathCounts } from "./datagram_path.ts";
import { Emulator } from "./emulator.ts";
import type { PathSettings } from "./settings.ts";

const LOOPBACK = "127.0.0.1";

/** A UDP socket that hands on what it receives. */
class Socket {
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: LOOPBACK, port: 0 });
  readonly #done: Promise<void>;
  readonly received: { text: string; from: number; at: number }[] = [];
  onreceive: (text: string, from: number) => void = () => {};
  #arrived = () => {};

  constructor() {
    this.#done = this.#listen();
  }

  get port(): number {
    return (this.#socket.addr as Deno.NetAddr).port;
  }

  async send(text: string, port: number): Promise<void> {
    await this.#socket.send(new TextEncoder().encode(text), { transport: "udp", hostname: LOOPBACK, port });
  }

  /** Resolves when `fits` holds of what has been received. */
  async until(what: string, fits: () => boolean): Promise<void> {
    const wait = async () => {
      while (!fits()) await new Promise<void>((resolve) => this.#arrived = resolve);
    };
    await within(5_000, what, wait());
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#done;
  }

  async #listen(): Promise<void> {
    for await (const [data, from] of this.#socket) {
      const { port } = from as Deno.NetAddr;
      const text = new TextDecoder().decode(data);
      this.received.push({ text, from: port, at: performance.now() });
      this.onreceive(text, port);
      this.#arrived();
    }
  }
}

/** A box that sends back what it gets, a viewer, and an emulator between them. */
async function withPath(
  settings: PathSettings,
  use: (viewer: Socket, port: number, emulator: Emulator, box: Socket) => Promise<void>,
): Promise<void> {
  await using emulator = await Emulator.start(settings);
  const box = new Socket();
  const viewer = new Socket();
  let answers = Promise.resolve();
  box.onreceive = (text, from) => void (answers = answers.then(() => box.send(text, from)));
  try {
    await use(viewer, await emulator.open(LOOPBACK, box.port), emulator, box);
  } finally {
    await viewer.close();
    await box.close();
  }
}

/** Resolves when `fits` holds of the emulator's counts. */
async function counted(emulator: Emulator, fits: (counts: PathCounts) => boolean): Promise<void> {
  const wait = async () => {
    while (!fits(await emulator.counts()));
  };
  await within(5_000, "what is counted", wait());
}

Deno.test("emulator: datagrams cross it both ways, and take as long as was set", async () => {
  await withPath({ both: { delay: 20 } }, async (viewer, port, emulator, box) => {
    const began = performance.now();
    await viewer.send("hello", port);
    await viewer.until("the answer", () => viewer.received.length === 1);
    const [answer] = viewer.received;
    assert.deepEqual([answer!.text, answer!.from], ["hello", port]);
    assert.notEqual(box.received[0]!.from, viewer.port, "the box sees the emulator");
    assert.ok(answer!.at - began >= 40, `${answer!.at - began} ms`);
    const { up, down } = await emulator.counts();
    assert.deepEqual([up.given, up.sent, up.sentBytes, down.given, down.sent], [1, 1, 5, 1, 1]);
  });
});

Deno.test("emulator: losses and doubles of a seed are the model's, in each direction its own", async () => {
  const run = async () => {
    const numbers: Record<string, string[]> = {};
    await withPath({ up: { loss: 0.3 }, down: { duplicate: 0.5 } }, async (viewer, port, emulator, box) => {
      for (let i = 0; i < 100; i++) await viewer.send(String(i), port);
      await counted(emulator, ({ up, down }) => up.given === 100 && down.given === up.sent);
      await emulator.set({ up: { loss: 0 }, down: { duplicate: 0 } });
      await viewer.send("end", port);
      await viewer.until("the end", () => viewer.received.at(-1)?.text === "end");
      numbers.up = box.received.map(({ text }) => text);
      numbers.down = viewer.received.map(({ text }) => text);
      const { up, down, missed } = await emulator.counts();
      assert.equal(up.lost, 101 - numbers.up.length);
      assert.equal(down.duplicated, numbers.down.length - numbers.up.length);
      assert.equal(missed ?? 0, 0);
    });
    return numbers;
  };
  const first = await run();
  assert.ok(first.up!.length < 90 && first.down!.length > first.up!.length);
  assert.deepEqual(await run(), first);
});

Deno.test("emulator: each address that a viewer sends from has one of its own at the box", async () => {
  await withPath({}, async (viewer, port, _, box) => {
    const other = new Socket();
    await viewer.send("a", port);
    await other.send("b", port);
    await viewer.send("c", port);
    await viewer.until("its answers", () => viewer.received.length === 2);
    await other.until("its answer", () => other.received.length === 1);
    assert.deepEqual(viewer.received.map(({ text }) => text), ["a", "c"]);
    const [a, b, c] = ["a", "b", "c"].map((text) =>
      box.received.find((packet) => packet.text === text)!.from
    );
    assert.ok(a === c && a !== b);
    await other.close();
  });
});

Deno.test("emulator: a stranger at the box's side reaches no viewer", async () => {
  await withPath({}, async (viewer, port, emulator, box) => {
    await viewer.send("a", port);
    await viewer.until("the answer", () => viewer.received.length === 1);
    const stranger = new Socket();
    await stranger.send("x", box.received[0]!.from);
    await viewer.send("b", port);
    await viewer.until("the second answer", () => viewer.received.length === 2);
    assert.deepEqual(viewer.received.map(({ text }) => text), ["a", "b"]);
    assert.equal((await emulator.counts()).down.given, 2);
    await stranger.close();
  });
});

Deno.test("emulator: cut, it drops what comes and what is on its way, until it is mended", async () => {
  await withPath({ both: { delay: 200 } }, async (viewer, port, emulator, box) => {
    await viewer.send("on its way", port);
    // Counted: the datagram has reached the emulator.
    await counted(emulator, ({ up }) => up.given === 1);
    await emulator.cut();
    await viewer.send("while cut", port);
    await counted(emulator, ({ up }) => up.cut === 2);
    await emulator.mend();
    await emulator.set({ both: { delay: 0 } });
    await viewer.send("after", port);
    await viewer.until("the answer", () => viewer.received.length > 0);
    assert.deepEqual([...box.received, ...viewer.received].map(({ text }) => text), ["after", "after"]);
  });
});

Deno.test("emulator: what means nothing is refused with the setting's name, and it goes on", async () => {
  await assert.rejects(Emulator.start({ up: { loss: 2 } }), /loss is a share from 0 to 1, not 2/);
  await withPath({}, async (viewer, port, emulator) => {
    await assert.rejects(emulator.set({ down: { delay: NaN } }), /delay is a finite number/);
    await assert.rejects(emulator.open("192.0.2.1", 9), /address/i);
    await viewer.send("a", port);
    await viewer.until("the answer", () => viewer.received.length === 1);
  });
});
