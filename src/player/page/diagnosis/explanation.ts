/** What went wrong, for people who know no networking terms. */
export interface Explanation {
  readonly title: string;
  readonly sentence: string;
  /** What helps, most likely first. */
  readonly steps: readonly string[];
  /** Somebody may be at work against this connection. */
  readonly isRefusal?: boolean;
  /** For whoever runs the box: what to start it with. */
  readonly command?: string;
  /** What was seen, for whoever is asked for help. */
  readonly seen?: readonly string[];
}
