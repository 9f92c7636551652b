import "../../../src/rtc/quiet_env.ts";
import { Buffer } from "node:buffer";
import { classes, Message, methods } from "werift";
import type { IceCredentials } from "../../../src/rtc/ice/credentials.ts";

export interface CheckOptions {
  /** The side that is asked. */
  readonly to: IceCredentials;
  /** The side that asks. */
  readonly from: IceCredentials;
  readonly transactionId?: Uint8Array;
  readonly useCandidate?: boolean;
  readonly method?: number;
  readonly class?: number;
  readonly password?: string;
  readonly fingerprint?: boolean;
  readonly priority?: number | undefined;
  readonly controlled?: boolean;
}

/** A check as a controlling peer sends it; the messages are werift's, which knows nothing of the guard. */
export function check(options: CheckOptions): Uint8Array<ArrayBuffer> {
  const { to, from, transactionId = crypto.getRandomValues(new Uint8Array(12)) } = options;
  const message = new Message(
    options.method ?? methods.BINDING,
    options.class ?? classes.REQUEST,
    Buffer.from(transactionId),
  ).setAttribute("USERNAME", `${to.usernameFragment}:${from.usernameFragment}`);
  const { priority = 0x6e0001ff } = options;
  if (!("priority" in options) || options.priority !== undefined) message.setAttribute("PRIORITY", priority);
  if (options.controlled) message.setAttribute("ICE-CONTROLLED", 7n);
  else message.setAttribute("ICE-CONTROLLING", 7n);
  if (options.useCandidate) message.setAttribute("USE-CANDIDATE", null);
  return signed(message, options.password ?? to.password, options.fingerprint);
}

/** An answer to a check. */
export function answer(
  request: Uint8Array,
  password: string,
  { error = false, fingerprint = true } = {},
): Uint8Array<ArrayBuffer> {
  const kind = error ? classes.ERROR : classes.RESPONSE;
  const message = new Message(methods.BINDING, kind, Buffer.from(request.slice(8, 20)));
  if (error) message.setAttribute("ERROR-CODE", [401, "Unauthorized"]);
  else message.setAttribute("XOR-MAPPED-ADDRESS", ["192.0.2.1", 32_853]);
  return signed(message, password, fingerprint);
}

function signed(message: Message, password: string, fingerprint = true): Uint8Array<ArrayBuffer> {
  message.addMessageIntegrity(Buffer.from(password));
  if (fingerprint) message.addFingerprint();
  return new Uint8Array(message.bytes);
}
