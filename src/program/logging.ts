import { configure, type LogLevel, type LogRecord } from "@logtape/logtape";
import { formatter, type LogFormat } from "./log_format.ts";
import { redacted } from "./redaction.ts";

/** Levels that `--log-level` takes. */
export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;

export interface LogSettings {
  readonly level: typeof LOG_LEVELS[number];
  readonly format: LogFormat;
  readonly color: boolean;
}

/** Sends the program's log to standard error, where it mixes with no output; may be called again. */
export async function configureLogging({ level, format, color }: LogSettings): Promise<void> {
  const encoder = new TextEncoder();
  const line = formatter(format, color);
  const write = (record: LogRecord) => {
    try {
      Deno.stderr.writeSync(encoder.encode(redacted(line(record))));
    } catch {
      // A log that nobody can take any more must not end the films.
    }
  };
  await configure({
    reset: true,
    sinks: { stderr: write },
    loggers: [
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "error" },
      { category: "unarr", sinks: ["stderr"], lowestLevel: level satisfies LogLevel },
    ],
  });
}
