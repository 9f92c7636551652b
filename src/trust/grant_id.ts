/** What names a grant, and takes it back. */
export const GRANT_ID_FORM = /^[\w-]{16,64}$/;

/** Bytes of an id that is made here. */
export const GRANT_ID_SIZE = 12;

/** In hex, so that none looks like an option on a command line. */
export function grantId(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
