import type { PathInfo } from "../../client/mod.ts";

const ROUTES: Record<PathInfo["route"], string> = {
  "direct": "Direct",
  "relayed": "Relayed",
  "same-network": "Same network",
  "unknown": "Connected",
};

/** `Direct`, for the badge. */
export function routeWord(path: PathInfo): string {
  return ROUTES[path.route];
}

/** The route in a sentence. */
export function routeSentence({ route, relayOf }: PathInfo): string {
  switch (route) {
    case "direct":
      return "Directly, through the internet";
    case "same-network":
      return "Directly, inside your network";
    case "relayed":
      return `Passed on by a TURN server${
        relayOf === "box" ? " of the box" : relayOf === "both" ? " at both ends" : ""
      }`;
    case "unknown":
      return "Not known yet";
  }
}

/** `UDP over IPv4`, `TURN over TLS`. */
export function protocolWords({ protocol, relayProtocol, localFamily, remoteFamily }: PathInfo): string {
  const family = remoteFamily ?? localFamily;
  const way = relayProtocol ? `TURN over ${relayProtocol.toUpperCase()}` : protocol?.toUpperCase();
  if (!way) return "Not known";
  return family ? `${way}${relayProtocol ? "," : " over"} ${family}` : way;
}

/** `1 of 40 checks (2.5 %)`: the only loss that a browser tells of. */
export function lossWords({ checks }: PathInfo): string | undefined {
  // The last one may be under way.
  if (!checks || checks.sent < 10) return undefined;
  const lost = Math.max(0, checks.sent - 1 - checks.answered);
  return lost === 0
    ? "None seen"
    : `${lost} of ${checks.sent} checks (${(lost / checks.sent * 100).toFixed(1)} %)`;
}

/** `0.4 s`, `12 s`, `3 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
