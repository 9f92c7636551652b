import { FrameType } from "../../src/wire/mod.ts";
import { Emulator } from "../support/emulator/emulator.ts";
import { type FrameChannel, Viewer, type ViewerOptions } from "../support/viewer.ts";
import { within } from "../support/within.ts";

/** Time for the first bytes and for the end, in ms. */
const ANSWER_MS = 20_000;

/** A viewer behind a slow line: what the box has for it waits in the box. */
export class SlowViewer {
  #received = 0;

  private constructor(
    readonly emulator: Emulator,
    readonly viewer: Viewer,
    readonly channel: FrameChannel,
  ) {}

  /** @param rate of the line to the viewer, in Mbit/s */
  static async open(options: Omit<ViewerOptions, "through">, rate: number): Promise<SlowViewer> {
    const through = await Emulator.start({ both: { delay: 20 }, down: { rate } });
    const { viewer, channel } = await Viewer.open({ ...options, through });
    return new SlowViewer(through, viewer, channel);
  }

  /** Asks for the whole file, which nobody waits for the end of. */
  async stream(): Promise<void> {
    await this.channel.channel.sink(FrameType.RANGE_DATA);
    void this.channel.read(0, 0);
    await within(ANSWER_MS, "the first bytes", this.#arrived());
  }

  /** @throws {Error} where the session has ended, or nothing has arrived since the last look */
  async check(streams: boolean): Promise<void> {
    if (this.viewer.byes.length > 0) throw new Error(`a session ended: ${this.viewer.byes.join()}`);
    if (this.viewer.connection.connectionState !== "connected") {
      throw new Error(`a connection is ${this.viewer.connection.connectionState}`);
    }
    const received = await this.channel.channel.received();
    if (streams && received <= this.#received) throw new Error("a session does not stream any more");
    this.#received = received;
  }

  async close(): Promise<void> {
    await this.viewer.close();
    await this.emulator[Symbol.asyncDispose]();
  }

  async #arrived(): Promise<void> {
    while (await this.channel.channel.received() === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
