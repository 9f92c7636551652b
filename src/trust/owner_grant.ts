import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64Url } from "./base64url.ts";
import type { BoxKey } from "./box_key.ts";
import { type Grant, GRANT_ID_SIZE } from "./grant.ts";
import { transcript } from "./transcript.ts";

const DOMAIN = "unarr-stream owner 1";

/** The grant of the box's own link: all of the share, for good, and the same one at every start. */
export function ownerGrant({ publicKey }: BoxKey): Grant {
  const digest = sha256(transcript(DOMAIN, publicKey));
  return { v: 1, id: toBase64Url(digest.subarray(0, GRANT_ID_SIZE)), path: "", kind: "folder", list: true };
}
