/** Who is calling: bearer tokens, their roles and accounts, and a lookup that tells nothing by its time. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { RelayError } from "./errors.ts";
import { MAX_TOKEN_LENGTH } from "./limits.ts";

export type TokenRole = "agent" | "viewer";

/**
 * The holder of a token. `id` is the role's letter and 72 bits of a hash of the token: the same in every relay
 * that knows the token, whatever else its lists hold. It can be logged and stored: a token that was chosen at
 * random is not learned from it. Viewers see the agents of their own `account`; "" is the one of all tokens that
 * name none.
 */
export interface Principal {
  readonly role: TokenRole;
  readonly id: string;
  readonly account: string;
}

/** What an `Authorization` header can carry after `Bearer`. */
const TOKEN = /^[\x21-\x7e]+$/;
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** The name of an account. */
const ACCOUNT = /^[\w.-]{0,64}$/;

export class Tokens {
  /**
   * Holders by a keyed hash of their token. The key is this process's own, so that nobody can choose tokens by
   * where they meet in the map: how long a lookup takes tells nothing of the tokens that are in it.
   */
  readonly #holders = new Map<string, Principal>();
  readonly #key = randomBytes(32);
  /** How many different viewer tokens each account has. */
  readonly #viewers = new Map<string, number>();

  /**
   * Each line is a token and, after white space, the name of its account. A token given twice in one list counts
   * once. Relays that share a store should have the same lists, in any order.
   *
   * @throws TypeError for a token that no header can carry, that is in both lists or has two accounts, or an
   * account that is no name; it does not show the token
   */
  constructor(agent: readonly string[], viewer: readonly string[]) {
    for (const line of agent) this.#add("agent", line);
    for (const line of viewer) this.#add("viewer", line);
  }

  /** How many different viewer tokens an account has. */
  viewers(account: string): number {
    return this.#viewers.get(account) ?? 0;
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
    const found = this.#holders.get(this.#digest(token));
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

  #add(role: TokenRole, line: string): void {
    const { token, account } = tokenLine(line);
    const digest = this.#digest(token);
    const known = this.#holders.get(digest);
    if (known !== undefined) {
      if (known.role !== role) {
        throw new TypeError("A token has one role: the same one is given for agents and for viewers.");
      }
      if (known.account !== account) {
        throw new TypeError("A token has one account: the same one is given for two.");
      }
      return;
    }
    this.#holders.set(digest, { role, id: principalId(role, token), account });
    if (role === "viewer") this.#viewers.set(account, this.viewers(account) + 1);
  }

  #digest(token: string): string {
    return createHmac("sha256", this.#key).update(token).digest("base64");
  }
}

/** What {@link Principal} says of its `id`. */
export function principalId(role: TokenRole, token: string): string {
  const digest = createHash("sha256").update(`unarr-stream principal\0${role}\0${token}`).digest();
  return (role === "agent" ? "a" : "v") + digest.subarray(0, 9).toString("base64url");
}

/** @throws TypeError as the constructor of {@link Tokens} */
function tokenLine(line: string): { token: string; account: string } {
  const [, token = "", account = ""] = /^(\S*)(?:[ \t]+(\S+))?$/.exec(line) ?? [];
  if (!TOKEN.test(token) || token.length > MAX_TOKEN_LENGTH) {
    throw new TypeError(
      `A token must be 1 to ${MAX_TOKEN_LENGTH} printable ASCII characters without a space.`,
    );
  }
  if (!ACCOUNT.test(account)) {
    throw new TypeError("An account must be 1 to 64 letters, digits and . _ -");
  }
  return { token, account };
}

function unauthorized(code: string, sentence: string): RelayError {
  return new RelayError(401, code, sentence, { headers: { "WWW-Authenticate": "Bearer" } });
}
