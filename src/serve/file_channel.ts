import type { ByteChannel } from "../rtc/byte_channel.ts";
import { Pump, type PumpEvents } from "./pump.ts";
import { RangeReader } from "./range_reader.ts";
import type { OpenedFile } from "./share.ts";

/** One file on one channel, from HELLO until either goes. Owns the file. */
export class FileChannel {
  readonly #file: OpenedFile;
  readonly #reader: RangeReader;
  readonly #pump: Pump;
  #looked = false;

  constructor(
    channel: ByteChannel,
    file: OpenedFile,
    events: PumpEvents,
    /** Called once, when the file is first seen to have changed. */
    onchanged: () => void,
  ) {
    this.#file = file;
    this.#reader = new RangeReader(file.handle);
    this.#pump = new Pump({
      channel,
      reader: this.#reader,
      name: file.name,
      size: file.size,
      events: {
        ...events,
        range: (response, status, sent) => {
          events.range(response, status, sent);
          void this.#lookForChange(onchanged);
        },
      },
    });
  }

  start(): void {
    this.#pump.start();
  }

  pause(): void {
    this.#pump.pause();
  }

  resume(): void {
    this.#pump.resume();
  }

  /** Ends the responses and closes the file once no read is running. */
  stop(): void {
    this.#pump.stop();
    this.#reader.close();
  }

  /** Content overwritten in place is sent as it is; the log says so once. */
  async #lookForChange(onchanged: () => void): Promise<void> {
    if (this.#looked) return;
    const info = await this.#file.handle.stat().catch(() => undefined);
    if (info === undefined || this.#looked) return;
    const modified = info.mtime?.getTime() ?? null;
    if (info.size === this.#file.size && modified === this.#file.modified) return;
    this.#looked = true;
    onchanged();
  }
}
