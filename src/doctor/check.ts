/** What is looked at, and what was found. */
import { isRecord, isText } from "../thread/shapes.ts";

export interface Check {
  /** One word or two; the same in every run. */
  readonly name: string;
  /** Which one, where there may be several: a folder, an address, a server. */
  readonly subject?: string;
}

export interface Finding {
  /** `none` where there is nothing to look at, or nobody to ask. */
  readonly state: "good" | "bad" | "none";
  /** The rest of a sentence, in words for everybody. */
  readonly text: string;
  /** What to do. */
  readonly advice?: string;
}

/** How threads name a check to each other. */
export function keyOf({ name, subject }: Check): string {
  return subject === undefined ? name : `${name} ${subject}`;
}

export function good(text: string): Finding {
  return { state: "good", text };
}

export function bad(text: string, advice: string): Finding {
  return { state: "bad", text, advice };
}

export function none(text: string, advice?: string): Finding {
  return { state: "none", text, ...(advice === undefined ? {} : { advice }) };
}

/** The longest text and advice of a finding, in UTF-16 code units. */
const MAX_TEXT = 4_096;

/** Whether another thread sent a finding. */
export function isFinding(value: unknown): value is Finding {
  if (!isRecord(value)) return false;
  const { state, text, advice = "" } = value;
  return (state === "good" || state === "bad" || state === "none") && isText(text, MAX_TEXT) &&
    isText(advice, MAX_TEXT);
}
