/** Numbers as people read them. Each takes the languages, so that tests do not depend on the machine. */

/** Formatters by what they were made with: to make one takes far longer than to use it. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `1.4 GB`; decimal units, as shops and browsers count. */
export function formatSize(bytes: number, locales?: string): string {
  if (!Number.isFinite(bytes)) return "";
  let value = bytes;
  let unit = 0;
  // 999,950 would be rounded to "1,000 kB".
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 1 && value < 99.95 ? 1 : 0;
  return known(numberFormats, `${locales} ${unit} ${digits}`, () =>
    new Intl.NumberFormat(locales, {
      style: "unit",
      unit: UNITS[unit]!,
      unitDisplay: unit === 0 ? "long" : "short",
      maximumFractionDigits: digits,
    })).format(value);
}

/** `48.2 Mbit/s` from bytes a second. */
export function formatSpeed(bytesPerSecond: number, locales?: string): string {
  const megabits = bytesPerSecond * 8 / 1e6;
  const digits = megabits < 99.95 ? 1 : 0;
  const number = new Intl.NumberFormat(locales, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(megabits)} Mbit/s`;
}

/** `3 ms`, never `0 ms`. */
export function formatRoundTrip(milliseconds: number): string {
  return milliseconds < 1 ? "< 1 ms" : `${Math.round(milliseconds)} ms`;
}

/** `3 May 2026`; `""` where the box does not know. */
export function formatDate(milliseconds: number, locales?: string, timeZone?: string): string {
  if (!(milliseconds > 0)) return "";
  return known(dateFormats, `${locales} ${timeZone}`, () =>
    new Intl.DateTimeFormat(locales, {
      dateStyle: "medium",
      ...(timeZone === undefined ? {} : { timeZone }),
    })).format(milliseconds);
}

/** `1:02:03` or `2:03`. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return hours > 0 ? `${hours}:${text}` : text.replace(/^0/, "");
}

/** `German` for `de` or `deu`; undefined where the code names no language. */
export function formatLanguage(code: string, locales?: string): string | undefined {
  if (code === "und") return undefined;
  try {
    return new Intl.DisplayNames(locales, { type: "language", fallback: "none" }).of(code);
  } catch {
    return undefined; // No language tag at all.
  }
}

function known<T>(formats: Map<string, T>, key: string, make: () => T): T {
  let format = formats.get(key);
  if (format === undefined) formats.set(key, format = make());
  return format;
}

/** `1 item`, `50,000 items`. */
export function formatCount(count: number, one: string, many: string, locales?: string): string {
  return `${count.toLocaleString(locales)} ${count === 1 ? one : many}`;
}
