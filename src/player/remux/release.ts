/** ECMAScript 2024, section 25.1.6.7; not yet in every browser. */
interface Transferable2024 {
  transfer?(newLength: number): ArrayBuffer;
}

/**
 * Gives the memory behind `bytes` back at once, all of its buffer, instead of when the browser collects.
 *
 * @param bytes of a buffer that was made by a script, in this thread, and is nobody else's. Of one that came in a
 *   message Chromium keeps the memory all the same, and forgets to count it.
 */
export function release(bytes: Uint8Array): void {
  (bytes.buffer as Transferable2024).transfer?.(0);
}
