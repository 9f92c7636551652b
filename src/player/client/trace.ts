/** What happens on the way to a connection and on it, for a timeline: no addresses, no names, no secrets. */
export type TraceName =
  | "relay-asked"
  | "session-made"
  | "offer-sent"
  | "answer-received"
  | "answer-refused"
  | "own-candidate"
  | "box-candidate"
  | "ice-state"
  | "connection-state"
  | "channel-open"
  | "hello"
  | "first-byte"
  | "interrupted"
  | "silent"
  | "ice-restart"
  | "restored"
  | "waiting"
  | "closed";

/** Told of each event as it happens; `detail` is of this program's own words. */
export type Trace = (name: TraceName, detail?: string) => void;

/** Words of others that are fit for a timeline: codes, as the relay and the box use them. */
export function codeWord(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  return /^[a-z0-9-]{1,40}$/.test(word) ? word : "other";
}
