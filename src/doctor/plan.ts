import type { ServeConfig } from "../config/config.ts";
import { type Check, type Finding, keyOf, none } from "./check.ts";
import * as checks from "./checks.ts";

/** A check that is due, and its finding where that is known without a look. */
export interface Planned {
  readonly check: Check;
  readonly finding?: Finding;
}

const OWN_RELAY = none("not needed: this box brings its own relay");

const ASK_ONE = "--ice-server stun:host:port";

const NOBODY = none("no server was named that could answer");
const NO_STUN = none("no server was named", `To ask one, which learns this box's address: ${ASK_ONE}`);
const NO_TURN = none("no server was named; hard NAT takes one");
const NO_NAT = none("takes a STUN server that can be asked", `To ask one: ${ASK_ONE}`);

/** All checks for what `serve` would be started with, in the order in which they are shown; each once. */
export function planOf(config: ServeConfig): Planned[] {
  const { remote, listen, iceServers, turn } = config;
  const own = remote === undefined;
  const urls = [...iceServers.flatMap(({ urls }) => urls), ...turn?.urls ?? []];
  const has = (scheme: RegExp) => urls.some((url) => scheme.test(url));
  const plan = [
    ...config.directories.map((path) => due(checks.folder(path))),
    due(checks.THREADS),
    due(checks.ENCRYPTION),
    due(checks.RELAY, own ? OWN_RELAY : undefined),
    due(checks.KEY, own ? OWN_RELAY : undefined),
    due(checks.CLOCK, own ? none("a relay elsewhere would tell; this box brings its own") : undefined),
    due(checks.port(listen), own ? undefined : none("not needed: the relay is elsewhere")),
    due(checks.IPV4),
    due(checks.IPV6),
    due(checks.UDP, urls.length === 0 ? NOBODY : undefined),
    ...(has(/^stun/i) ? [] : [due(checks.STUN, NO_STUN)]),
    ...(has(/^turn/i) ? [] : [due(checks.TURN, NO_TURN)]),
    ...urls.map((url) => due(checks.server(url))),
    due(checks.NAT, urls.length === 0 ? NO_NAT : undefined),
  ];
  return [...new Map(plan.map((planned) => [keyOf(planned.check), planned])).values()];
}

function due(check: Check, finding?: Finding): Planned {
  return { check, ...(finding === undefined ? {} : { finding }) };
}
