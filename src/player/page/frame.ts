import type { RangedFile } from "../client/ranged_file.ts";
import type { FileFormat } from "../media/sniff.ts";
import type { PageContext } from "./context.ts";

/** A file's view, as that sees it which shows the file's content. */
export interface Frame {
  readonly context: PageContext;
  /** Inside the share. */
  readonly path: string;
  readonly name: string;
  readonly file: RangedFile;
  readonly format: FileFormat;
  /** Where the service worker answers for the file; undefined where there is none. */
  readonly url: string | undefined;
  /** Takes what is shown. */
  readonly stage: HTMLElement;
  /** Takes what can be done with it. */
  readonly actions: HTMLElement;
  /** Puts something below the stage in place of what was there; nothing, without. */
  note(content?: HTMLElement): void;
  /** Says a sentence there. */
  say(sentence: string): void;
  /** Tells facts beside the file's size. */
  describe(facts: readonly string[]): void;
  /** Shows another file in place of this one; Back leads to where this one was opened. */
  replace(path: string): void;
}

/** What is shown in a {@link Frame}. */
export interface Content {
  /** Ends all that it does. */
  dispose(): void;
}
