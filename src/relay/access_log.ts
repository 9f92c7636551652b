/** One line for each request, with nothing in it by which a token, a session or a person could be known. */
import { createHmac, randomBytes } from "node:crypto";
import type { Principal } from "./tokens.ts";

/** One request that is over. */
export interface AccessLine {
  readonly method: string;
  /** The route's pattern, never the path, which holds ids. */
  readonly route: string;
  readonly status: number;
  /** From the request's head to the end of the answer's body. */
  readonly ms: number;
  /** Of the answer's body, as far as it was written. */
  readonly bytes: number;
  /** "-" where no token was accepted. */
  readonly role: string;
  /** The same for the same token until the relay ends; "-" where no token was accepted. */
  readonly principal: string;
}

/** Names of principals remembered; each is made anew when it is needed again. */
const MAX_NAMES = 10_000;

/** Names principals by a keyed hash, whose key ends with the process. */
export class PrincipalNames {
  readonly #key = randomBytes(32);
  readonly #names = new Map<string, string>();

  of({ id }: Principal): string {
    let name = this.#names.get(id);
    if (name === undefined) {
      name = createHmac("sha256", this.#key).update(id).digest("hex").slice(0, 12);
      if (this.#names.size >= MAX_NAMES) this.#names.clear();
      this.#names.set(id, name);
    }
    return name;
  }
}

/**
 * `response` with a body that is counted, and `ended` called once with its bytes: at its end, when its client is
 * gone, or at once where there is no body. It is pulled as before: nothing is read ahead of the client.
 */
export function countedBody(response: Response, ended: (bytes: number) => void): Response {
  if (response.body === null) {
    ended(0);
    return response;
  }
  const reader = response.body.getReader();
  let bytes = 0;
  let over = false;
  const end = () => {
    if (!over) ended(bytes);
    over = true;
  };
  const counted = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        // Who has left has closed it.
        if (over) return;
        if (done) {
          end();
          return controller.close();
        }
        bytes += value.byteLength;
        controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(counted, response);
}
