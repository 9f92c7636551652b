import * as v from "valibot";
import type { Answer } from "./agent_calls.ts";
import { ErrorBody } from "./relay_api.ts";

/** The longest part of a relay's message that is shown, in UTF-16 code units. */
const MAX_MESSAGE = 160;

/** The relay will not have this agent, for good. */
export class AgentRefused extends Error {
  override readonly name = "AgentRefused";

  /** @param message what the relay said, on one line; "" where that was nothing readable */
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** An answer that refuses, as an error. */
export function refusalOf({ status, value, text }: Answer): AgentRefused {
  const body = v.safeParse(ErrorBody, value);
  // A page is for a browser.
  const message = body.success ? body.output.error : text.trimStart().startsWith("<") ? "" : text;
  return new AgentRefused(status, oneLine(message, MAX_MESSAGE));
}

/**
 * Text of somebody else's on one line of at most `max` UTF-16 code units, without what a terminal obeys or
 * turns around: control and format characters, and separators of lines.
 */
export function oneLine(text: string, max: number): string {
  const line = text.slice(0, 4 * max).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ").replace(/ +/g, " ")
    .trim();
  return line.length > max ? `${line.slice(0, max - 1).trimEnd()}…` : line;
}
