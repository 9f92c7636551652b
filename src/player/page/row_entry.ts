/** One directory entry as a row shows it. */
export interface RowEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: "dir" | "file";
  readonly size: number;
  readonly modified: number;
  /** Where it lies, for search results. */
  readonly place?: string;
}
