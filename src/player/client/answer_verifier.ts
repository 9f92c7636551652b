/// <reference lib="dom" />
import { answerClaim, checkClaim, type Exchange } from "../../trust/answer_identity.ts";
import { verify } from "../../trust/ed25519.ts";

/** Whether a signature of a message is the box's. */
type Check = (signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/** Verifies a box's answers: by WebCrypto where that is and knows Ed25519, else by JavaScript. */
export class AnswerVerifier {
  readonly #boxKey: Uint8Array<ArrayBuffer>;
  readonly #check: Promise<Check>;

  /**
   * Begins to prepare itself, so that it is done while a relay is asked.
   *
   * @param subtle absent on pages that came over plain HTTP from another machine
   */
  constructor(boxKey: Uint8Array<ArrayBuffer>, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle) {
    this.#boxKey = boxKey;
    this.#check = prepare(boxKey, subtle);
  }

  /**
   * @param now the viewer's clock, in milliseconds since 1970
   * @throws {TrustError} missing, wrong or clock
   */
  async verify(exchange: Exchange, identity: unknown, now: number): Promise<void> {
    const claim = answerClaim(this.#boxKey, exchange, identity);
    const check = await this.#check;
    checkClaim(claim, await check(claim.signature, claim.message), now);
  }
}

async function prepare(boxKey: Uint8Array<ArrayBuffer>, subtle: SubtleCrypto | undefined): Promise<Check> {
  try {
    const key = await subtle!.importKey("raw", boxKey, "Ed25519", false, ["verify"]);
    return (signature, message) => subtle!.verify("Ed25519", key, signature, message);
  } catch {
    // deno-lint-ignore require-await -- a signature that cannot be read is to reject.
    const check: Check = async (signature, message) => verify(signature, message, boxKey, { zip215: false });
    // Its tables take some time, once: for any signature but the most simple ones.
    await new Promise((resolve) => setTimeout(resolve));
    await check(new Uint8Array(64).fill(2, 32, 33), new Uint8Array()).catch(() => {});
    return check;
  }
}
