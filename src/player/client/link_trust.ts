import { fromBase64Url } from "../../trust/base64url.ts";
import { KEY_SIZE } from "../../trust/identity_line.ts";
import { parseGrant } from "../../trust/grant_form.ts";
import { PlayerError } from "./errors.ts";

/** What a link says of the box and of itself, so that nobody between the two is believed. */
export interface LinkTrust {
  /** Public key of the box (Ed25519), base64url: an answer that it has not signed is refused. */
  readonly boxKey: string;
  /** What the link allows, as it stands in it. */
  readonly grant?: string | undefined;
  /** The key that goes with the grant, base64url. Both are there, or neither. */
  readonly key?: string | undefined;
}

/** A {@link LinkTrust} as bytes. */
export interface TrustKeys {
  readonly boxKey: Uint8Array<ArrayBuffer>;
  readonly link: { readonly grant: string; readonly key: Uint8Array } | undefined;
}

/**
 * Reads the fields `box`, `grant` and `key` of a link's fragment. A link with any of them has to have them whole:
 * {@link connect} says so, and does not go on without.
 *
 * @returns undefined where the link has none
 */
export function linkTrust(fields: URLSearchParams): LinkTrust | undefined {
  // What is there twice is not whole.
  const [boxKey, grant, key] = ["box", "grant", "key"].map((name) =>
    fields.has(name) ? fields.getAll(name).join(" ") : undefined
  );
  if (boxKey === undefined && grant === undefined && key === undefined) return undefined;
  return { boxKey: boxKey ?? "", grant, key };
}

/** @throws {PlayerError} bad-link */
export function readTrust({ boxKey: box, grant, key }: LinkTrust): TrustKeys {
  const boxKey = bytesOf(box, "box", "The key of the box in this link is missing or not whole.");
  if (grant === undefined && key === undefined) return { boxKey, link: undefined };
  if (grant === undefined || parseGrant(grant) === undefined) {
    throw badLink(
      "grant",
      "The part of this link that says what it allows is missing, not whole, or too new.",
    );
  }
  return {
    boxKey,
    link: { grant, key: bytesOf(key, "key", "This link's own key is missing or not whole.") },
  };
}

function bytesOf(text: string | undefined, reason: string, sentence: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(text ?? "");
  if (bytes?.byteLength !== KEY_SIZE) throw badLink(reason, sentence);
  return bytes;
}

function badLink(reason: string, sentence: string): PlayerError {
  return new PlayerError("bad-link", sentence, { reason });
}
