/** ICE credentials of one side (RFC 8445, section 5.3). */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** The characters of `ice-char` (RFC 8839, section 5.4): 6 bits each. */
const ICE_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** 48 bits; no fewer than 24 are asked for. */
const USERNAME_FRAGMENT_LENGTH = 8;

/** 144 bits; no fewer than 128 are asked for. */
const PASSWORD_LENGTH = 24;

/** Credentials that nobody can guess. */
export function newCredentials(): IceCredentials {
  return { usernameFragment: iceChars(USERNAME_FRAGMENT_LENGTH), password: iceChars(PASSWORD_LENGTH) };
}

function iceChars(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => ICE_CHARS[byte & 63]).join("");
}
