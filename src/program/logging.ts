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
  const options = { timestamp: "time" as const, category: () => "", value: plain };
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

/** A value inside a message: text as it is, but on one line and without control characters. */
function plain(value: unknown): string {
  const text = typeof value === "string" || value instanceof Error ? String(value) : JSON.stringify(value);
  // deno-lint-ignore no-control-regex -- a file name may hold a terminal's control sequences
  return (text ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function line({ timestamp, level, message }: { timestamp: string | null; level: string; message: string }) {
  return `${timestamp ?? ""} ${level} ${message}`;
}
