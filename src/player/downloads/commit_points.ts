/** Below this a commit is not worth its cost, in bytes. */
const FIRST_COMMIT = 268_435_456;

/**
 * At how many bytes a file that has `committed` on disk is committed next.
 *
 * A commit is a close and a reopening, and browsers copy the whole file for the latter. Each is of twice the
 * bytes of the one before, so that all of them together copy less than twice the file, and a crash costs at most
 * half of it.
 */
export function nextCommit(committed: number): number {
  return Math.max(FIRST_COMMIT, 2 * committed);
}
