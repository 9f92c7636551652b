import { StunClass, type StunMessage } from "../../rtc/ice/stun_message.ts";
import { Attribute, attribute, errorCode, longTermKey, Method, request, xorAddress } from "./codec.ts";
import type { StunLine } from "./stun_line.ts";

/** UDP among the protocols of IP: what the relayed address speaks (RFC 8656, section 18.7). */
const REQUESTED_UDP = Uint8Array.of(17, 0, 0, 0);

const UNAUTHENTICATED = 401;
const STALE_NONCE = 438;

/** What became of an allocation; `code` is the server's error (RFC 8656, section 19), 0 where it makes no sense. */
export type Allocation =
  | { readonly type: "allocated" }
  | { readonly type: "silent" }
  /** The server's answer to good manners and wrong credentials. */
  | { readonly type: "unauthenticated" }
  | { readonly type: "refused"; readonly code: number };

/** Asks a TURN server for a relayed address (RFC 8656, section 7), and gives it back. */
export async function tryAllocation(
  line: StunLine,
  username: string,
  credential: string,
): Promise<Allocation> {
  const transport = [Attribute.REQUESTED_TRANSPORT, REQUESTED_UDP] as const;
  let answer = await line.ask(request(Method.ALLOCATE, [transport]));
  let authenticated = false;
  for (let attempt = 0; attempt < 2 && wantsCredentials(answer, authenticated); attempt++) {
    const [signature, key] = credentials(answer, username, credential);
    authenticated = true;
    answer = await line.ask(request(Method.ALLOCATE, [transport, ...signature], key));
    if (answer?.class === StunClass.SUCCESS) {
      const lifetime = [Attribute.LIFETIME, new Uint8Array(4)] as const;
      await line.ask(request(Method.REFRESH, [lifetime, ...signature], key));
    }
  }
  if (answer === undefined) return { type: "silent" };
  if (answer.class === StunClass.SUCCESS) {
    const relayed = xorAddress(answer, Attribute.XOR_RELAYED_ADDRESS);
    return relayed === undefined ? { type: "refused", code: 0 } : { type: "allocated" };
  }
  const code = errorCode(answer);
  return code === UNAUTHENTICATED ? { type: "unauthenticated" } : { type: "refused", code };
}

/** A first 401 asks for credentials; a second one refuses them, but for a nonce that is too old. */
function wantsCredentials(answer: StunMessage | undefined, authenticated: boolean): answer is StunMessage {
  if (answer?.class !== StunClass.ERROR) return false;
  const code = errorCode(answer);
  return code === STALE_NONCE || (code === UNAUTHENTICATED && !authenticated);
}

/** Long-term credentials for the server that answered so (RFC 8489, section 9.2.3). */
function credentials(answer: StunMessage, username: string, credential: string) {
  const realm = attribute(answer, Attribute.REALM) ?? new Uint8Array();
  const nonce = attribute(answer, Attribute.NONCE) ?? new Uint8Array();
  const signature = [
    [Attribute.USERNAME, new TextEncoder().encode(username)],
    [Attribute.REALM, realm],
    [Attribute.NONCE, nonce],
  ] as const;
  return [signature, longTermKey(username, realm, credential)] as const;
}
