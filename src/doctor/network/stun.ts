import { StunClass } from "../../rtc/ice/stun_message.ts";
import { bad, type Finding, good, none } from "../check.ts";
import { Attribute, type Endpoint, Method, plainAddress, request, xorAddress } from "../stun/codec.ts";
import type { Observation } from "../stun/mapping.ts";
import type { StunSocket } from "../stun/stun_socket.ts";
import type { Server } from "./servers.ts";

/** What came of asking a server over UDP what the socket's address looks like from there. */
export interface StunAnswer {
  readonly finding: Finding;
  /** Whether anything came back. */
  readonly answered: boolean;
  /** From the server's address, and from its other one where it has two. */
  readonly observations: readonly Observation[];
}

/** Asks a server that listens on UDP. */
export async function askStun({ at }: Server, socket: StunSocket): Promise<StunAnswer> {
  const answer = await socket.ask(request(Method.BINDING), at);
  if (answer === undefined) {
    const finding = bad("does not answer", "Check the address; or a firewall lets no UDP out.");
    return { finding, answered: false, observations: [] };
  }
  const mapped = answer.class === StunClass.SUCCESS
    ? xorAddress(answer, Attribute.XOR_MAPPED_ADDRESS)
    : undefined;
  if (mapped === undefined) {
    const finding = bad("answers, but not as a STUN server should", "Name another one.");
    return { finding, answered: true, observations: [] };
  }
  const other = plainAddress(answer, Attribute.OTHER_ADDRESS);
  const second = other && await observe(socket, { hostname: other.hostname, port: at.port });
  const observations = [{ server: at, mapped }, ...(second === undefined ? [] : [second])];
  return { finding: good("answers"), answered: true, observations };
}

/** What a `stuns:` server is for. */
export const NOT_FOR_UDP = none("is for browsers: this box asks STUN servers over UDP only");

/** The server's other address, at the same port (RFC 5780, section 4.3, test II). */
async function observe(socket: StunSocket, server: Endpoint): Promise<Observation | undefined> {
  const answer = await socket.ask(request(Method.BINDING), server).catch(() => undefined);
  const mapped = answer && xorAddress(answer, Attribute.XOR_MAPPED_ADDRESS);
  return mapped && { server, mapped };
}
