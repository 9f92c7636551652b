/**
 * The bytes of all `parts`, one after another; a single one as it is, not a copy.
 *
 * @param size bytes of all `parts` together
 */
export function concat<Buffer extends ArrayBufferLike>(
  parts: readonly Uint8Array<Buffer>[],
  size: number,
): Uint8Array<Buffer | ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
