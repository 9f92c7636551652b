import { bad, type Finding, good, none } from "../check.ts";
import type { Mapping } from "../stun/mapping.ts";

/** Whether datagrams come back from any server. */
export function udpFinding(answered: boolean): Finding {
  if (answered) return good("gets out, and answers come back");
  return bad(
    "nothing comes back",
    "Let the firewall of this box and the router pass UDP; without it only a TURN server over TCP helps.",
  );
}

/**
 * What a NAT means for viewers.
 *
 * @param answered whether any server told an address
 * @param hasTurn whether a TURN server is ready
 */
export function natFinding(mapping: Mapping, answered: boolean, hasTurn: boolean): Finding {
  switch (mapping) {
    case "open":
      return good("open: none between this box and the servers that were asked");
    case "independent":
      return good("easy NAT: most viewers get through to this box directly");
    case "dependent":
      return hasTurn
        ? good("hard NAT (symmetric): who does not get through is served by the TURN server")
        : bad(
          "hard NAT (symmetric): many viewers elsewhere will not get through",
          "Add a TURN server, which passes the bytes on: --ice-server turn:host:port with --ice-credentials-file.",
        );
    case undefined:
      return answered
        ? none("one server alone cannot tell", "Name a second STUN server, one at another address.")
        : none("nobody answered who could tell");
  }
}
