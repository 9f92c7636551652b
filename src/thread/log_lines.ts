/** Threads hand their log to main, which alone knows where it goes. */
import { configureSync, getLogger, type LogLevel, type LogRecord } from "@logtape/logtape";
import { isCount, isRecord } from "./shapes.ts";

/** A log record between two threads: values of the message are text already. */
export interface LogLine {
  readonly category: readonly string[];
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Literal text at even places, values between. */
  readonly message: readonly string[];
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
}

const LEVELS: readonly unknown[] = [
  "trace",
  "debug",
  "info",
  "warning",
  "error",
  "fatal",
] satisfies LogLevel[];

/** Bounds of one line: parts of it, and UTF-16 code units of each. */
const MAX_PARTS = 64;
const MAX_PART = 16_384;

/** The category of everything the program logs. */
const ROOT = "unarr";

/** Sends this thread's log to `post` instead of anywhere else, from `level` upward. */
export function postLog(level: LogLevel, post: (line: LogLine) => void): void {
  const sink = (record: LogRecord) => post(toLine(record));
  configureSync({
    reset: true,
    sinks: { main: sink },
    loggers: [
      { category: ["logtape", "meta"], sinks: ["main"], lowestLevel: "error" },
      { category: ROOT, sinks: ["main"], lowestLevel: level },
    ],
  });
}

/** Puts a thread's line into this thread's log. */
export function writeLog({ category, ...line }: LogLine): void {
  getLogger([...category]).emit({
    ...line,
    rawMessage: line.message.join(""),
    properties: { ...line.properties },
  });
}

/** A line as another thread sent it, cut where it is too long; undefined where it is none. */
export function readLogLine(value: unknown): LogLine | undefined {
  if (!isRecord(value)) return undefined;
  const { category, level, timestamp, message, properties } = value;
  if (!isTexts(category) || !isTexts(message) || !LEVELS.includes(level)) return undefined;
  if (!isCount(timestamp) || !isRecord(properties)) return undefined;
  return {
    category: category[0] === ROOT ? category : [ROOT, ...category],
    level: level as LogLevel,
    timestamp,
    message: message.map((part) => part.slice(0, MAX_PART)),
    properties: scalars(properties),
  };
}

function toLine({ category, level, timestamp, message, properties }: LogRecord): LogLine {
  return {
    category,
    level,
    timestamp,
    message: message.slice(0, MAX_PARTS).map((part) => textOf(part).slice(0, MAX_PART)),
    properties: scalars(properties),
  };
}

function scalars(properties: Readonly<Record<string, unknown>>): LogLine["properties"] {
  const entries = Object.entries(properties).slice(0, MAX_PARTS).map(([name, value]) =>
    [name, isScalar(value) ? value : textOf(value).slice(0, MAX_PART)] as const
  );
  return Object.fromEntries(entries);
}

function isScalar(value: unknown): value is number | boolean | null {
  return typeof value === "number" || typeof value === "boolean" || value === null;
}

/** As the program's text log writes a value. */
function textOf(value: unknown): string {
  if (typeof value === "string" || value instanceof Error) return String(value);
  if (typeof value === "bigint") return value.toString();
  return JSON.stringify(value) ?? "";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_PARTS && value.every((part) => typeof part === "string");
}
