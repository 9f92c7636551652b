/** Small checks of what another thread sent. */

/** Whether `value` has properties that can be asked for. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Whether `value` is a finite number of 0 or above. */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** Whether `value` is text of at most `max` UTF-16 code units. */
export function isText(value: unknown, max: number): value is string {
  return typeof value === "string" && value.length <= max;
}

/** What a thread that listens says when it does. */
export interface Listening {
  /** Its TCP port. */
  readonly port: number;
}

export function isListening(value: unknown): value is Listening {
  if (!isRecord(value)) return false;
  const port = value["port"];
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535;
}
