/** What main and the relay's thread say to each other. */
import type { Instance } from "../life/instance_ports.ts";
import type { IceServer } from "../signal/relay_api.ts";
import type { Confinement } from "../thread/confinement.ts";
import { isRecord, type Listening } from "../thread/shapes.ts";
import { isRelayFigures, type RelayFigures } from "./relay_figures.ts";
import type { Asset } from "./static.ts";
import type { TurnService } from "./turn_credentials.ts";

export interface RelayDialogue {
  readonly options: RelayThreadOptions;
  readonly ready: Listening;
  readonly command: Admission;
  readonly event: RelayEvent;
}

export type RelayEvent =
  /** A browser has asked for the player. */
  | { readonly type: "player-opened" }
  /** The store that relays share has gone away or come back. */
  | { readonly type: "store"; readonly reachable: boolean }
  /** What the thread has done since it started, told again and again. */
  | { readonly type: "figures"; readonly figures: RelayFigures };

/** Where relays keep what they share. */
export interface SharedStore {
  /** `redis:` or `rediss:`, without a user or password. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Who gets in, and what they are handed; may change while it runs. */
export interface Admission {
  readonly agentTokens: readonly string[];
  readonly viewerTokens: readonly string[];
  readonly iceServers: readonly IceServer[];
  readonly turn: TurnService | undefined;
  /** Reverse proxies whose word on a client's address is taken. */
  readonly trustProxy: readonly string[];
}

export interface RelayThreadOptions extends Admission {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Claimed before it listens; undefined where nobody asks which instance it is. */
  readonly instance: Instance | undefined;
  /** What it shares with others; undefined where it keeps all to itself. */
  readonly store: SharedStore | undefined;
  /** Whether it starts also while that store is away. */
  readonly patient: boolean;
  /** The player's files by URL path. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Whether each request makes a line of the log. */
  readonly accessLog: boolean;
  /** Boxes that it remembers, at most, with all that share its store. */
  readonly maxAgents: number;
  /** Whether main is told figures. */
  readonly isMeasured: boolean;
  /** Event streams may come to their end for so long when it is to stop, in milliseconds. */
  readonly drainMs: number;
}

/** Who speaks with everybody reads nothing. */
export const RELAY_CONFINEMENT: Confinement = { read: [], net: true, sys: [] };

export function isRelayEvent(value: unknown): value is RelayEvent {
  if (!isRecord(value)) return false;
  return value["type"] === "player-opened" ||
    (value["type"] === "store" && typeof value["reachable"] === "boolean") ||
    (value["type"] === "figures" && isRelayFigures(value["figures"]));
}
