/** What a thread tells of itself with each pong. */
import { isCount, isRecord, isText } from "./shapes.ts";

/** What a thread has done since it started; only grows. */
export interface Totals {
  /** Bytes of files. */
  readonly bytesSent: number;
  /** Sessions that are over, by reason. */
  readonly ended: Readonly<Record<string, number>>;
}

/** What a thread has to do, at the time of a ping. */
export interface Load extends Totals {
  /** Sessions that live on it. */
  readonly sessions: number;
  /** Bytes that wait in the send buffers of its channels. */
  readonly bufferedBytes: number;
  /** One turn of its event loop, in milliseconds: how late what it should do is done. */
  readonly delayMs: number;
}

/** Nothing yet. */
export const NO_TOTALS: Totals = { bytesSent: 0, ended: {} };

/** Different reasons at most, and UTF-16 code units of each. */
const MAX_REASONS = 64;
const MAX_REASON = 64;

/** A load as another thread sent it; undefined where it is none. */
export function readLoad(value: unknown): Load | undefined {
  if (!isRecord(value)) return undefined;
  const { sessions, bytesSent, bufferedBytes, delayMs, ended } = value;
  if (!isCount(sessions) || !isCount(bytesSent) || !isCount(bufferedBytes) || !isCount(delayMs)) {
    return undefined;
  }
  if (!isRecord(ended)) return undefined;
  const reasons = Object.entries(ended);
  if (reasons.length > MAX_REASONS) return undefined;
  if (!reasons.every(([reason, count]) => isText(reason, MAX_REASON) && isCount(count))) return undefined;
  return {
    sessions,
    bytesSent,
    bufferedBytes,
    delayMs,
    ended: Object.fromEntries(reasons) as Totals["ended"],
  };
}

export function addTotals(a: Totals, b: Totals): Totals {
  const ended: Record<string, number> = { ...a.ended };
  for (const [reason, count] of Object.entries(b.ended)) ended[reason] = (ended[reason] ?? 0) + count;
  return { bytesSent: a.bytesSent + b.bytesSent, ended };
}
