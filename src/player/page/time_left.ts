/** What is left of a download as people say it: `4 min left`; `""` where it cannot be known. */
export function formatTimeLeft(bytes: number, bytesPerSecond: number, locales?: string): string {
  const seconds = bytes / bytesPerSecond;
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 55) return "under 1 min left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${unit(minutes, "minute", locales)} left`;
  // To the minute it would be a guess, and jump.
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60 / 10) * 10;
  if (hours >= 24) return `${unit(Math.round(hours / 24), "day", locales)} left`;
  if (rest === 60) return `${unit(hours + 1, "hour", locales)} left`;
  const parts = [unit(hours, "hour", locales), ...(rest > 0 ? [unit(rest, "minute", locales)] : [])];
  return `${parts.join(" ")} left`;
}

function unit(count: number, unit: "minute" | "hour" | "day", locales?: string): string {
  return new Intl.NumberFormat(locales, { style: "unit", unit, unitDisplay: "short" }).format(count);
}
