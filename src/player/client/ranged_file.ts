/** A file that can be read from any place. */
export interface RangedFile {
  /** Inside the share. */
  readonly path: string;
  /** Base name, as the box has it. Not to be trusted as a path or as HTML. */
  readonly name: string;
  /** Bytes; `Infinity` where it is not known. */
  readonly size: number;
  /** As `RemoteFile.read`. */
  read(
    offset: number,
    length?: number,
    options?: { readonly signal?: AbortSignal },
  ): ReadableStream<Uint8Array<ArrayBuffer>>;
}
