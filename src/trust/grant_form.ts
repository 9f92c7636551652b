import * as v from "valibot";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { GRANT_ID_FORM, GRANT_ID_SIZE, grantId } from "./grant_id.ts";

/** The salt of the keys that go with grants. */
export const LINK_KEY_DOMAIN = "unarr-stream link 1";

/** The longest grant, in characters of its text form. */
export const MAX_GRANT_LENGTH = 8_192;

const Seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What a link allows. Its own text form is what is authenticated, so the order of the fields is free. */
const Grant = v.object({
  v: v.literal(1),
  /** Names it to take it back. */
  id: v.pipe(v.string(), v.regex(GRANT_ID_FORM)),
  /** Inside the share, `/` between its parts; `""` is all of it. */
  path: v.pipe(v.string(), v.maxLength(4_096)),
  kind: v.picklist(["folder", "file"]),
  /** Whether folders may be listed and searched; files may be read always. */
  list: v.boolean(),
  /** Seconds since 1970. */
  nbf: v.optional(Seconds),
  exp: v.optional(Seconds),
});
export type Grant = v.InferOutput<typeof Grant>;

/** A grant with an id of its own. Times are in seconds since 1970. */
export function newGrant(scope: Omit<Grant, "v" | "id">): Grant {
  return { v: 1, id: grantId(crypto.getRandomValues(new Uint8Array(GRANT_ID_SIZE))), ...scope };
}

/** As it stands in a link and in an offer: JSON in base64url. */
export function formatGrant(grant: Grant): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(grant)));
}

/** Reads what {@link formatGrant} made. Says nothing of who made it. Undefined where it is none. */
export function parseGrant(text: string): Grant | undefined {
  if (text.length > MAX_GRANT_LENGTH) return undefined;
  const bytes = fromBase64Url(text);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { success, output } = v.safeParse(Grant, value);
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}
