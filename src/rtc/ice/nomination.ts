/** A controlling side that nominates without end repeats itself within this time, in milliseconds. */
const REPEATED_MS = 3_000;

/** Two consent checks (RFC 7675, section 5.1) and the time for an answer, in milliseconds. */
const UNANSWERED_MS = 13_000;

/** An answer no older than this shows that a pair works, in milliseconds. */
export const FRESH_MS = 5_000;

/** What is known of the selected pair. */
export interface SelectedHealth {
  /** Priorities of the two candidates. */
  readonly priorities: readonly [number, number];
  /** When the peer last sent USE-CANDIDATE over it, in milliseconds. */
  readonly nominatedAt: number;
  /** When the peer last answered a check over it, in milliseconds. */
  readonly answeredAt: number;
}

/**
 * Whether the controlled side takes a pair that the peer has just nominated in the place of the selected
 * one, without a restart.
 *
 * A controlling side may send USE-CANDIDATE over several pairs at once (RFC 5245, section 8.1.1.2); then
 * the highest priority counts, as long as that pair works. One that nominates the selected pair no more
 * has changed its mind, or is not heard there.
 */
export function replaces(
  priorities: readonly [number, number],
  selected: SelectedHealth,
  now: number,
): boolean {
  return now - selected.nominatedAt > REPEATED_MS || now - selected.answeredAt > UNANSWERED_MS ||
    comparePriorities(priorities, selected.priorities) > 0;
}

/** In the order of pair priorities (RFC 8445, section 6.1.2.3), of which the lesser candidate decides. */
function comparePriorities(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.min(...a) - Math.min(...b) || Math.max(...a) - Math.max(...b);
}
