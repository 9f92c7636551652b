import { bad, type Finding, good } from "../check.ts";
import type { Endpoint } from "../stun/codec.ts";

/** Whether the relay of `serve` could listen there. */
export function lookAtPort({ hostname, port }: Endpoint): Finding {
  if (port === 0) return good("any free one will do");
  try {
    Deno.listen({ hostname, port }).close();
    return good("free");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      return bad(
        "taken, perhaps by unarr-stream itself",
        "Stop what listens there, or choose another address with --listen.",
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return bad("not permitted to this user", "Choose a port above 1023 with --listen.");
    }
    return bad("this box cannot listen there", "Choose an address of this box with --listen.");
  }
}
