/** Who is calling: bearer tokens, their roles, and the comparison that tells nothing by its time. */
import { createHash, timingSafeEqual } from "node:crypto";
import { RelayError } from "./errors.ts";
import { MAX_TOKEN_LENGTH } from "./limits.ts";

export type TokenRole = "agent" | "viewer";

/**
 * The holder of a token. `id` is the role's letter and the token's place in its list ("v1", "a2"): it can be
 * logged and stored, since nothing of the token can be learned from it.
 */
export interface Principal {
  readonly role: TokenRole;
  readonly id: string;
}

interface Entry {
  readonly principal: Principal;
  readonly digest: Uint8Array;
}

/** What an `Authorization` header can carry after `Bearer`. */
const TOKEN = /^[\x21-\x7e]+$/;
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

export class Tokens {
  readonly #entries: readonly Entry[];
  /** How many different viewer tokens there are. */
  readonly viewers: number;

  /**
   * A token given twice in one list counts once. Several relays that share a store need the same lists in the
   * same order.
   *
   * @throws TypeError for a token that no header can carry or that is in both lists; it does not show the token
   */
  constructor(agent: readonly string[], viewer: readonly string[]) {
    const agents = [...new Set(agent)];
    const viewers = [...new Set(viewer)];
    for (const token of [...agents, ...viewers]) {
      if (!TOKEN.test(token) || token.length > MAX_TOKEN_LENGTH) {
        throw new TypeError(
          `A token must be 1 to ${MAX_TOKEN_LENGTH} printable ASCII characters without a space.`,
        );
      }
    }
    if (agents.some((token) => viewers.includes(token))) {
      throw new TypeError("A token has one role: the same one is given for agents and for viewers.");
    }
    this.viewers = viewers.length;
    this.#entries = [...entries("agent", agents), ...entries("viewer", viewers)];
  }

  /**
   * The holder of the token in an `Authorization` header.
   *
   * @throws RelayError 401 without a token or with an unknown one
   */
  identify(authorization: string | null): Principal {
    const token = authorization !== null && authorization.length <= MAX_TOKEN_LENGTH + 16
      ? BEARER.exec(authorization)?.[1]
      : undefined;
    if (token === undefined) throw unauthorized("no-token", "This call needs a bearer token.");
    const digest = digestOf(token);
    let found: Principal | undefined;
    // No early exit: the time must not tell which token of the list was met.
    for (const entry of this.#entries) {
      if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
    }
    if (found === undefined) throw unauthorized("unknown-token", "The token is not known here.");
    return found;
  }

  /**
   * As {@link identify}, and of the role that the call needs.
   *
   * @throws RelayError 401, or 403 for the other role
   */
  require(role: TokenRole, authorization: string | null): Principal {
    const principal = this.identify(authorization);
    if (principal.role !== role) {
      throw new RelayError(403, "wrong-role", `This call is for ${role} tokens.`);
    }
    return principal;
  }
}

function entries(role: TokenRole, tokens: readonly string[]): Entry[] {
  return tokens.map((token, index) => ({
    principal: { role, id: `${role === "agent" ? "a" : "v"}${index + 1}` },
    digest: digestOf(token),
  }));
}

function unauthorized(code: string, sentence: string): RelayError {
  return new RelayError(401, code, sentence, { headers: { "WWW-Authenticate": "Bearer" } });
}
