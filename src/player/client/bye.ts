import * as v from "valibot";
import { parsePayload } from "../../signal/envelope.ts";
import { PlayerError, refused } from "./errors.ts";

const Bye = v.object({ reason: v.string(), detail: v.optional(v.string()) });

/** What is wrong with a link, by the box's word for it. */
const NOT_AUTHORISED: Readonly<Record<string, string>> = {
  "missing": "The box opens to links of its own alone, and this one lacks what proves that it is one.",
  "wrong": "The box does not know this link, or what this browser said was changed on its way.",
  "clock": "The clocks of this device and of the box are more than 10 minutes apart.",
  "not-yet": "This link is not valid yet.",
  "expired": "The time for which this link was given is over.",
  "revoked": "Whoever runs the box has taken this link back.",
};

/** The payload of the box's `bye` as an error. */
export function byeError(payload: string): PlayerError {
  const bye = payload === "" ? undefined : parsePayload(Bye, payload);
  if (bye?.reason !== "not-authorised") return refused(bye?.reason);
  const detail = bye.detail !== undefined && Object.hasOwn(NOT_AUTHORISED, bye.detail) ? bye.detail : "wrong";
  return new PlayerError("not-authorised", NOT_AUTHORISED[detail]!, { reason: detail });
}
