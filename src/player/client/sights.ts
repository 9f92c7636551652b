/// <reference lib="dom" />
import { parseCandidate, type ParsedCandidate } from "./candidate.ts";
import type { Stats } from "./stats.ts";

/** What was seen of a connection that did not come about. */
export interface Sights {
  /** The box has answered the offer. */
  readonly answered: boolean;
  /** Candidate types of this browser, each once. */
  readonly own: readonly string[];
  /** Candidate types of the box, each once. */
  readonly box: readonly string[];
  /** Whether a STUN or a TURN server was to be asked. */
  readonly servers: { readonly stun: boolean; readonly turn: boolean };
  /**
   * Two servers saw one socket of this browser at different ports: its NAT has a mapping for each that it talks to
   * (RFC 4787, section 4.1, "symmetric NAT"). False where that is not so, or cannot be told: it takes two servers, and
   * a browser that shows which candidates are of one socket.
   */
  readonly dependentMapping: boolean;
  /** Connectivity checks: sent by this browser, answered, and those that came from the box. */
  readonly checks: { readonly sent: number; readonly answered: number; readonly received: number };
}

/** Why there was no way, as far as one side can tell. */
export type NoWay =
  /** The box has not answered the offer. */
  | "no-answer"
  /** This browser found no address of its own to use. */
  | "no-own-candidates"
  /** The box offered no address. */
  | "no-box-candidates"
  /** Nothing that was sent came through, in either direction. */
  | "nothing-through"
  /** Checks were answered, and the connection over them failed. */
  | "not-secured";

/** Reads the reason out of what was seen. */
export function noWayReason({ answered, own, box, checks }: Sights): NoWay {
  if (!answered) return "no-answer";
  if (checks.answered > 0) return "not-secured";
  if (own.length === 0) return "no-own-candidates";
  return box.length === 0 ? "no-box-candidates" : "nothing-through";
}

/** Collects what is seen while a connection is made. */
export class Sightings {
  readonly #own = new Set<string>();
  readonly #box = new Set<string>();
  readonly #servers: Sights["servers"];
  /** By foundation and address of what servers saw, the port that the first of them saw. */
  readonly #ports = new Map<string, number>();
  #dependentMapping = false;
  answered = false;
  #checks = { sent: 0, answered: 0, received: 0 };

  constructor(iceServers: readonly RTCIceServer[]) {
    const urls = iceServers.flatMap((server) => server.urls);
    this.#servers = {
      stun: urls.some((url) => /^stuns?:/i.test(url)),
      turn: urls.some((url) => /^turns?:/i.test(url)),
    };
  }

  /** @returns the kind of candidate, for a timeline: `host udp` */
  own(text: string): string {
    const candidate = parseCandidate(text);
    if (candidate?.type === "srflx") this.#lookAtMapping(candidate);
    return note(candidate, this.#own);
  }

  /** @returns as {@link own} */
  box(text: string): string {
    return note(parseCandidate(text), this.#box);
  }

  /** Counts the checks that `stats` tells of. A browser forgets pairs that have failed, so the highest count stays. */
  look(stats: Stats | undefined): void {
    let [sent, answered, received] = [0, 0, 0];
    for (const pair of stats?.pairs ?? []) {
      sent += pair.requestsSent ?? 0;
      answered += pair.responsesReceived ?? 0;
      received += pair.requestsReceived ?? 0;
    }
    const before = this.#checks;
    this.#checks = {
      sent: Math.max(sent, before.sent),
      answered: Math.max(answered, before.answered),
      received: Math.max(received, before.received),
    };
  }

  get sights(): Sights {
    return {
      answered: this.answered,
      own: [...this.#own],
      box: [...this.#box],
      servers: this.#servers,
      dependentMapping: this.#dependentMapping,
      checks: this.#checks,
    };
  }

  /**
   * Several of one foundation are of one socket, seen by several servers: Chromium opens one for each address of its
   * own, and says nothing twice. Firefox has a foundation for each server, as RFC 8445 has it, and so tells nothing.
   * Another address outside may only be another way there.
   */
  #lookAtMapping({ foundation, protocol, address, port }: ParsedCandidate): void {
    if (protocol !== "udp") return;
    const key = `${foundation} ${address}`;
    const first = this.#ports.get(key);
    if (first === undefined) this.#ports.set(key, port);
    else if (first !== port) this.#dependentMapping = true;
  }
}

function note(candidate: ParsedCandidate | undefined, types: Set<string>): string {
  if (!candidate) return "unreadable";
  types.add(candidate.type);
  return `${candidate.type} ${candidate.protocol}`;
}
