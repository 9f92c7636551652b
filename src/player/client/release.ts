/** ECMAScript 2024, section 25.1.6.7; not yet in every browser. */
interface Transferable2024 {
  transfer?(newLength: number): ArrayBuffer;
}

/**
 * Gives the memory behind `bytes` back at once, all of its buffer.
 *
 * Browsers collect buffers that nobody has any more in lots of tens of megabytes for each thread; a film that is
 * copied from thread to thread would hold several such lots.
 *
 * @param bytes of a buffer that is nobody else's; empty from now on
 */
export function release(bytes: Uint8Array): void {
  (bytes.buffer as Transferable2024).transfer?.(0);
}
