import { sha256 } from "@noble/hashes/sha2.js";
import type { BoxKey } from "./box_key.ts";
import type { Grant } from "./grant.ts";
import { GRANT_ID_SIZE, grantId } from "./grant_id.ts";
import { transcript } from "./transcript.ts";

const DOMAIN = "unarr-stream owner 1";

/** The grant of the box's own link: all of the share, for good, and the same one at every start. */
export function ownerGrant({ publicKey }: BoxKey): Grant {
  const digest = sha256(transcript(DOMAIN, publicKey));
  return { v: 1, id: grantId(digest.subarray(0, GRANT_ID_SIZE)), path: "", kind: "folder", list: true };
}
