import {
  configure,
  getAnsiColorFormatter,
  getTextFormatter,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";

/** Levels that `--log-level` takes. */
export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;

/** Sends the program's log to standard error, where it mixes with no output, as text. */
export async function configureLogging(level: typeof LOG_LEVELS[number], color: boolean): Promise<void> {
  const options = { timestamp: "time" as const, category: () => "" };
  const format = color
    ? getAnsiColorFormatter({ ...options, format: line })
    : getTextFormatter({ ...options, timestamp: "rfc3339", format: line });
  const encoder = new TextEncoder();
  const write = (record: LogRecord) => {
    try {
      Deno.stderr.writeSync(encoder.encode(format(record)));
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

function line({ timestamp, level, message }: { timestamp: string | null; level: string; message: string }) {
  return `${timestamp ?? ""} ${level} ${message}`;
}
