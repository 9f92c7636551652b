import { ConfigError } from "../../config/config.ts";

const SECONDS: Record<string, number> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A date, or a date with a time (ISO 8601): the first in UTC, the second in local time where it names no zone. */
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * A moment, in seconds since 1970: so long from now (`30m`, `12h`, `7d`, `4w`), or a date.
 *
 * @param option that it was given with
 * @param now in milliseconds since 1970
 * @throws {ConfigError}
 */
export function moment(text: string, option: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return Math.floor(now / 1_000) + Number(count) * SECONDS[unit!]!;
  const date = DATE.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(date) || date < 0) {
    throw new ConfigError(
      `${option} takes a time like 30m, 12h, 7d or 4w, or a date like 2027-01-31, not ${
        JSON.stringify(text)
      }`,
    );
  }
  return date / 1_000;
}
