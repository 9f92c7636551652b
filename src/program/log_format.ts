import type { LogLevel, LogRecord } from "@logtape/logtape";
import { fstatSync } from "node:fs";

/** Forms of the log that `--log-format` takes. */
export const LOG_FORMATS = ["text", "json", "journal"] as const;
export type LogFormat = typeof LOG_FORMATS[number];

/** One record as one line, with its end. */
export type Formatter = (record: LogRecord) => string;

/** Priorities of syslog(3), as sd-daemon(3) writes them before a line. */
const PRIORITIES: Record<LogLevel, number> = { trace: 7, debug: 7, info: 6, warning: 4, error: 3, fatal: 2 };

/** SGR parameters of ECMA-48 for the levels that are to be seen. */
const COLORS: Partial<Record<LogLevel, number>> = { debug: 2, warning: 33, error: 31, fatal: 31 };

/** What standard error is. */
export interface LogOutput {
  readonly terminal: boolean;
  /** Device and inode of the journal's socket: `JOURNAL_STREAM` (systemd.exec(5)); undefined where it is not set. */
  readonly journalStream: string | undefined;
}

/** The form for who reads standard error: people at a terminal, the journal, other programs. */
export function fittingFormat({ terminal, journalStream }: LogOutput): LogFormat {
  if (terminal) return "text";
  return journalStream !== undefined && journalStream === standardError() ? "journal" : "json";
}

/** How the records are written. */
export function formatter(format: LogFormat, color: boolean): Formatter {
  switch (format) {
    case "text":
      return (record) => `${time(record)} ${level(record, color)} ${text(record)}\n`;
    case "journal":
      // It has the time and shows the priority.
      return (record) => `<${PRIORITIES[record.level]}>${text(record)}\n`;
    case "json":
      // JSON leaves some control characters as they are, which a terminal would take for its own.
      return (record) => `${escaped(json(record))}\n`;
  }
}

/** Device and inode of standard error in the form of `JOURNAL_STREAM`. */
function standardError(): string | undefined {
  try {
    const { dev, ino } = fstatSync(2);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** UTC, ISO 8601. */
function time({ timestamp }: Pick<LogRecord, "timestamp">): string {
  return new Date(timestamp).toISOString();
}

function level({ level }: LogRecord, color: boolean): string {
  const parameter = color ? COLORS[level] : undefined;
  return parameter === undefined ? level : `\u001b[${parameter}m${level}\u001b[0m`;
}

function json({ category, level, message, properties, ...record }: LogRecord): string {
  return JSON.stringify({
    time: time(record),
    level,
    logger: category.join("."),
    message: message.map(plain).join(""),
    properties,
  }, jsonValue);
}

/** The message on one line: a file name may hold newlines and a terminal's control sequences. */
function text({ message }: LogRecord): string {
  return escaped(message.map(plain).join(""));
}

function plain(value: unknown): string {
  if (typeof value === "string" || value instanceof Error) return String(value);
  return JSON.stringify(value, jsonValue) ?? "";
}

function jsonValue(_: string, value: unknown): unknown {
  return value instanceof Error || typeof value === "bigint" ? String(value) : value;
}

/** Control characters of ASCII and of ISO 8859, and the line ends of Unicode. */
// deno-lint-ignore no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function escaped(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
