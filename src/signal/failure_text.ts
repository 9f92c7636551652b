/**
 * What a log says of a request that failed: why, but neither to whom nor from where. The runtime hides the
 * reason in the cause, behind URL and addresses; a browser gives none.
 */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  const detail = cause instanceof Error ? /client error \(\w+\): (.*)/.exec(cause.message)?.[1] : undefined;
  return (detail ?? error.message).replace(/\w+:\/\/[^\s)]+/g, "…");
}
