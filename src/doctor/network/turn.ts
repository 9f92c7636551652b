import { bad, type Finding, good } from "../check.ts";
import { type Allocation, tryAllocation } from "../stun/allocation.ts";
import type { StunLine } from "../stun/stun_line.ts";
import { StunSocket } from "../stun/stun_socket.ts";
import { StunStream } from "../stun/stun_stream.ts";
import type { Server } from "./servers.ts";

/** No room for one more allocation: of this user, and of the server (RFC 8656, section 19). */
const FULL = [486, 508];

/** Asks a TURN server for a relayed address, in the way its URL says. */
export async function askTurn(server: Server): Promise<Finding> {
  if (server.transport !== "udp") return findingOf(await overStream(server));
  // A socket of its own: two URLs may name one server, which gives each socket one address.
  const line = new StunSocket().line(server.at);
  const allocation = await allocate(server, line).finally(() => line.close());
  if (allocation.type !== "silent") return findingOf(allocation);
  const instead = await overStream(server);
  if (instead === "refused" || instead === "untrusted" || instead.type === "silent") {
    return findingOf(allocation);
  }
  return bad(
    "answers over TCP, but not over UDP",
    `A firewall lets no UDP through. Name the server as ${server.url.split("?")[0]}?transport=tcp.`,
  );
}

type StreamAllocation = Allocation | "refused" | "untrusted";

async function overStream(server: Server): Promise<StreamAllocation> {
  let line: StunStream | undefined;
  try {
    line = await StunStream.open(server.at, server.transport === "tls" ? server.host : undefined);
    return line === undefined ? { type: "silent" } : await allocate(server, line);
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return "refused";
    return server.transport === "tls" && error instanceof Deno.errors.InvalidData
      ? "untrusted"
      : { type: "silent" };
  } finally {
    line?.close();
  }
}

function allocate({ username = "", credential = "" }: Server, line: StunLine): Promise<Allocation> {
  return tryAllocation(line, username, credential);
}

function findingOf(allocation: StreamAllocation): Finding {
  if (allocation === "refused") {
    return bad("nothing listens there", "Check the address and its port, and that the server runs.");
  }
  if (allocation === "untrusted") {
    return bad("its certificate is not to be trusted", "Check the address and this box's clock.");
  }
  switch (allocation.type) {
    case "allocated":
      return good("ready to pass bytes on");
    case "silent":
      return bad(
        "does not answer",
        "Check the address, and that the server runs; a firewall may be in the way.",
      );
    case "unauthenticated":
      return bad(
        "refused the user name or the password",
        "Check username:credential in the file of --ice-credentials-file, or turn_user and turn_pass; with a secret, that it is the server's static-auth-secret and that both clocks are right.",
      );
    case "refused":
      return FULL.includes(allocation.code)
        ? bad("has no room for this box", "Try later, or ask whoever runs it for more.")
        : bad(`refused (error ${allocation.code})`, "Whoever runs it has to look into it.");
  }
}
