/** What stands in a line in place of a secret. */
const REDACTED = "[secret]";

/** A shorter one would be found in words that are none. In UTF-16 code units. */
const MIN_LENGTH = 6;

/** Secrets of this run, as text and as it stands in JSON; the longest first, since one may hold another. */
let secrets: readonly string[] = [];

/** Secrets that others make, by what stands before them: ICE's (RFC 8839, section 5.4) and bearer tokens (RFC 6750). */
const MARKED = /(\bice-pwd:|\bBearer +)[\w.~+/=-]+/gi;

/** A secret that was read or made: no line of the log is to show it, whoever writes it. */
export function keepSecret(secret: string): void {
  if (secret.length < MIN_LENGTH) return;
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  secrets = [...new Set([...secrets, ...forms])].sort((a, b) => b.length - a.length);
}

/**
 * A line of the log without secrets. The second line of defence: nothing is to be logged that has one, but an
 * error of a library may repeat what it was given.
 */
export function redacted(line: string): string {
  let text = line;
  for (const secret of secrets) text = text.replaceAll(secret, REDACTED);
  return text.replace(MARKED, `$1${REDACTED}`);
}
