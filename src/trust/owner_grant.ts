import { transcript } from "./fields.ts";
import type { Grant } from "./grant_form.ts";
import { GRANT_ID_SIZE, grantId } from "./grant_id.ts";

const DOMAIN = "unarr-stream owner 1";

/** The grant of the box's own link: all of the share, for good, and the same one at every start. */
export async function ownerGrant(publicKey: Uint8Array): Promise<Grant> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", transcript(DOMAIN, publicKey)));
  return { v: 1, id: grantId(digest.subarray(0, GRANT_ID_SIZE)), path: "", kind: "folder", list: true };
}
