import { bad, type Check, type Finding, none } from "../check.ts";
import { NAT, server as serverCheck, UDP } from "../checks.ts";
import { familyOf } from "../stun/codec.ts";
import { type Mapping, mappingOf } from "../stun/mapping.ts";
import { StunSocket } from "../stun/stun_socket.ts";
import { natFinding, udpFinding } from "./nat.ts";
import { type ConfiguredServer, findServer, type Server } from "./servers.ts";
import { askStun, NOT_FOR_UDP, type StunAnswer } from "./stun.ts";
import { askTurn } from "./turn.ts";

/** What came of one server. */
interface Asked {
  readonly finding: Finding;
  /** Of the server as one of STUN, which those of TURN are besides; undefined where it is not for UDP. */
  readonly stun?: StunAnswer;
  readonly isReadyTurn?: boolean;
}

/**
 * Asks all configured STUN and TURN servers, and draws from their answers what NAT there is.
 *
 * @param addresses of this machine
 */
export async function lookAtServers(
  configured: readonly ConfiguredServer[],
  addresses: readonly string[],
  tell: (check: Check, finding: Finding) => void,
): Promise<void> {
  // One for all: a NAT maps sockets, and different answers to one socket tell how.
  const socket = new StunSocket();
  const asked = await Promise.all(configured.map(async (one): Promise<Asked> => {
    const server = await findServer(one);
    const result = server === undefined ? UNKNOWN : await ask(server, socket).catch(() => UNREACHABLE);
    tell(serverCheck(one.url), result.finding);
    return result;
  }));
  const answers = asked.flatMap(({ stun }) => stun ?? []);
  if (answers.length === 0) {
    const nobody = none("no server that is asked over UDP could be found");
    tell(UDP, nobody);
    tell(NAT, nobody);
  } else {
    tell(UDP, udpFinding(answers.some(({ answered }) => answered)));
    const mapping = mappingOfAll(answers, socket, addresses);
    const answered = answers.some(({ observations }) => observations.length > 0);
    tell(NAT, natFinding(mapping, answered, asked.some(({ isReadyTurn }) => isReadyTurn)));
  }
  socket.close();
}

const UNKNOWN: Asked = {
  finding: bad("its name is not known", "Check the spelling, and that this box is online."),
};

const UNREACHABLE: Asked = {
  finding: bad("this box has no way there", "Check the address, and that this box is online."),
};

async function ask(server: Server, socket: StunSocket): Promise<Asked> {
  const stunAnswer = server.transport === "udp" ? askStun(server, socket) : undefined;
  if (server.scheme === "stun" || server.scheme === "stuns") {
    const stun = await stunAnswer;
    return stun === undefined ? { finding: NOT_FOR_UDP } : { finding: stun.finding, stun };
  }
  const [stun, finding] = await Promise.all([stunAnswer, askTurn(server)]);
  return { finding, isReadyTurn: finding.state === "good", ...(stun === undefined ? {} : { stun }) };
}

/** Of IPv4 where anybody was asked over it: that is where NAT is. */
function mappingOfAll(
  answers: readonly StunAnswer[],
  socket: StunSocket,
  addresses: readonly string[],
): Mapping {
  const observations = answers.flatMap((answer) => answer.observations);
  const family = observations.some(({ server }) => familyOf(server) === 4) ? 4 : 6;
  return mappingOf(
    observations.filter(({ server }) => familyOf(server) === family),
    { port: socket.port(family) ?? 0, addresses },
  );
}
