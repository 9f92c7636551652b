/** What goes wrong between a relay and its Redis. */
import { StoreUnavailable } from "../store.ts";

/** First words of Redis' answers that pass by themselves, or with what its operator does. */
const PASSING = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "NOAUTH",
  "NOPERM",
  "NOREPLICAS",
  "OOM",
  "READONLY",
  "TRYAGAIN",
  "UNKILLABLE",
  "WRONGPASS",
]);

/** A short name of a failure without an address or a value: an errno, Redis' own first word, or a class. */
export function faultName(error: unknown): string {
  const { code, name, message, constructor } = error as { code?: unknown } & Error;
  if (typeof code === "string") return code;
  const word = /^-?([A-Z]{3,})\b/.exec(message ?? "")?.[1];
  if (word !== undefined) return word;
  return name === "Error" ? constructor.name : name;
}

/** Whether Redis itself answered with an error, rather than nobody. */
function isAnswer(error: Error): boolean {
  return /^[A-Z]{3,}\b/.test(error.message) && (error as { code?: unknown }).code === undefined;
}

/** The failure of a command as the relay understands it: StoreUnavailable, or what must not happen. */
export function commandError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  if (isAnswer(error) && !PASSING.has(faultName(error))) return error;
  return new StoreUnavailable(`the store does not answer: ${faultName(error)}`, { cause: error });
}

/** Why a relay cannot start with this Redis, as a sentence for its operator. */
export function startError(error: unknown, host: string): Error {
  const fault = faultName(error);
  switch (fault) {
    case "WRONGPASS":
    case "NOAUTH":
      return new Error(`the store at ${host} refuses the user or the password: see --store-password-file`);
    case "NOPERM":
      return new Error(`the store at ${host} does not permit its user what the relay needs`);
    case "ERR":
      return new Error(`the store at ${host} refuses the connection: ${(error as Error).message}`);
    default:
      return new Error(`the store at ${host} cannot be reached (${fault}): see --store`);
  }
}
