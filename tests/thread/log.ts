import { configure, type LogRecord, reset } from "@logtape/logtape";
import { within } from "../support/within.ts";

/** This process's log while a test runs. */
export class CapturedLog implements AsyncDisposable {
  readonly records: LogRecord[] = [];
  #wake = Promise.withResolvers<void>();

  /** To be given to LogTape. */
  readonly sink = (record: LogRecord): void => {
    this.records.push(record);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  };

  get lines(): readonly string[] {
    return this.records.map(({ message }) => message.join(""));
  }

  /** Resolves when a line fits. */
  async has(fits: RegExp): Promise<void> {
    const found = async () => {
      while (!this.lines.some((line) => fits.test(line))) await this.#wake.promise;
    };
    await within(10_000, `a log line like ${fits}`, found());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await reset();
  }
}

export async function captureLog(): Promise<CapturedLog> {
  const log = new CapturedLog();
  await configure({
    reset: true,
    sinks: { test: log.sink },
    loggers: [
      { category: ["logtape", "meta"], sinks: [] },
      { category: "unarr", sinks: ["test"], lowestLevel: "debug" },
    ],
  });
  return log;
}
