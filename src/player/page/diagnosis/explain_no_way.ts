import type { Sights } from "../../client/mod.ts";
import { noWayReason } from "../../client/sights.ts";
import type { Explanation } from "./explanation.ts";

const TURN = "unarr-stream --allow-read=<folder> serve --ice-server turn:turn.example:3478 " +
  "--ice-credentials-file turn";
const TURN_TLS = "unarr-stream --allow-read=<folder> serve " +
  '--ice-server "turns:turn.example:443?transport=tcp" --ice-credentials-file turn';
const STUN = "unarr-stream --allow-read=<folder> serve --ice-server stun:stun.example:3478";

const DOCTOR = "Whoever runs the box finds out with: unarr-stream --allow-read=<folder> doctor";
const OTHER_NETWORK =
  "Try another network: some offices, hotels and mobile networks let no such connection out.";

/** What to say where no connection came about, by what was seen. */
export function explainNoWay(sentence: string, sights: Sights): Explanation {
  const base = { title: "The box could not be reached", sentence, seen: whatWasSeen(sights) };
  switch (noWayReason(sights)) {
    case "no-answer":
      return {
        ...base,
        title: "The box does not answer",
        steps: [
          "It may have just been switched off, or lost its connection. Look whether it is running.",
          "This page tries again by itself.",
        ],
      };
    case "no-own-candidates":
      return {
        ...base,
        title: "This browser lets no connection out",
        steps: [
          "Look whether an extension, a VPN or a setting for privacy hides WebRTC addresses, and allow them here.",
          "Or open the link in another browser.",
        ],
      };
    case "no-box-candidates":
      return {
        ...base,
        steps: [
          "Look whether the box has a network, and whether its firewall lets the program use it.",
          DOCTOR,
        ],
      };
    case "not-secured":
      return {
        ...base,
        steps: ["The connection is slow or loses much. This page tries again by itself.", OTHER_NETWORK],
      };
    case "nothing-through":
      return { ...base, ...whatWouldHelp(sights) };
  }
}

/** Where both sides knock and neither hears the other. */
function whatWouldHelp(sights: Sights): Pick<Explanation, "steps" | "command"> {
  const { own, box, servers, dependentMapping } = sights;
  if (servers.turn) return whyNotByTurn(sights);
  if (!servers.stun) {
    return {
      steps: [
        "At home with the box? Look whether this device is in the same network, and not in one for guests.",
        "From elsewhere, both sides have to learn their addresses first. Whoever runs the box names a server " +
        "for that (STUN):",
      ],
      command: STUN,
    };
  }
  if (!own.includes("srflx")) {
    return {
      steps: [
        OTHER_NETWORK,
        "This network seems to let no UDP out: the server that was asked (STUN) gave no answer. A TURN server " +
        "over TLS would pass the film on. Whoever runs the box adds one:",
      ],
      command: TURN_TLS,
    };
  }
  if (!box.includes("srflx") && !box.includes("relay")) {
    return {
      steps: [
        "The box's network seems to let no UDP out: the box did not learn its address as seen from outside. " +
        DOCTOR,
        "If that cannot be changed, a TURN server over TLS would pass the film on. Whoever runs the box adds one:",
      ],
      command: TURN_TLS,
    };
  }
  if (dependentMapping) {
    return {
      steps: [
        OTHER_NETWORK,
        "This network gives every conversation another port (symmetric NAT): the box cannot know at which one " +
        "to knock. A TURN server would pass the film on. Whoever runs the box adds one:",
      ],
      command: TURN,
    };
  }
  return {
    steps: [
      OTHER_NETWORK,
      "Both sides know how they look from outside, and still do not get through: at least one of the two networks " +
      "seems to give every conversation another port (symmetric NAT), or lets in nobody. " + DOCTOR,
      "A TURN server would pass the film on. Whoever runs the box adds one:",
    ],
    command: TURN,
  };
}

/** Where a TURN server was to help. */
function whyNotByTurn({ own, box }: Sights): Pick<Explanation, "steps" | "command"> {
  if (!own.includes("relay")) {
    return {
      steps: [
        OTHER_NETWORK,
        "A TURN server is named, but it gave this browser no address: it may be down, behind a port that this " +
        "network closes, or refuse the credentials. Over TLS at port 443 it gets through most networks:",
      ],
      command: TURN_TLS,
    };
  }
  if (!box.includes("relay")) {
    return {
      steps: [
        "A TURN server gave this browser an address, but the box has none there: it may be behind a port that " +
        "the box's network closes, or refuse the box's credentials. " + DOCTOR,
        "Over TLS at port 443 it gets through most networks:",
      ],
      command: TURN_TLS,
    };
  }
  return {
    steps: [
      "Both sides have an address at a TURN server, but it passes nothing on between them. Whoever runs it looks at " +
      "which peers it denies, and whether a firewall closes the ports that it lends.",
    ],
  };
}

function whatWasSeen({ answered, own, box, servers, dependentMapping, checks }: Sights): string[] {
  if (!answered) return ["The box did not answer the offer."];
  const asked = servers.stun || servers.turn;
  return [
    `This browser found ${addresses(own)}.`,
    asked
      ? `A STUN or TURN server ${
        own.includes("srflx") || own.includes("relay") ? "answered" : "gave no answer"
      }.`
      : "No STUN or TURN server was named.",
    ...(dependentMapping ? ["Two of them saw this browser at different ports of one address."] : []),
    `The box offered ${addresses(box)}.`,
    `Checks: ${checks.sent} sent, ${checks.answered} answered, ${checks.received} came from the box.`,
  ];
}

const KINDS: Readonly<Record<string, string>> = {
  host: "addresses of its own network",
  srflx: "its address as seen from outside",
  prflx: "an address that the other side saw",
  relay: "an address at a TURN server",
};

function addresses(types: readonly string[]): string {
  const named = types.map((type) => KINDS[type] ?? "an address of an unknown kind");
  return named.length === 0 ? "no address" : named.join(" and ");
}
