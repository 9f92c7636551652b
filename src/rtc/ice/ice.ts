import "../quiet_env.ts";
import type { Buffer } from "node:buffer";
import { type IceCandidate, type RTCIceGatherer, RTCIceParameters, RTCIceTransport } from "werift";
import { type IceCredentials, newCredentials } from "./credentials.ts";
import { type IceServer, makeGatherer } from "./gatherer.ts";
import { GuardedSockets, MAX_REMOTE_CANDIDATES } from "./guarded_sockets.ts";
import { hostAddresses } from "./host_addresses.ts";
import { Liveness } from "./liveness.ts";
import { PeerGuard } from "./peer_guard.ts";
import { type Route, routeOf } from "./route.ts";
import { Selection } from "./selection.ts";
import { type WeriftConnection, weriftConnection } from "./werift_connection.ts";

/** Where the ends of the selected pair are: candidate types of RFC 8445. */
export interface SelectedPair {
  readonly local: string;
  readonly remote: string;
}

/** What the peer's offer says of its side. */
export interface RemoteParameters extends IceCredentials {
  readonly iceLite: boolean;
}

/** What the present generation holds, and datagrams that were dropped so far, by reason. */
export interface IceCounts {
  readonly remoteCandidates: number;
  readonly pairs: number;
  readonly dropped: PeerGuard["dropped"];
}

export interface IceOptions {
  readonly iceServers: readonly IceServer[];
  /** Host candidates; the machine's own where it is left out. */
  readonly addresses: readonly string[] | undefined;
  readonly log: (message: string) => void;
}

const POLL_MS = 1_000;

/** Consent ends so long after the peer's last answer (RFC 7675, section 5.1), in milliseconds. */
const CONSENT_MS = 30_000;

/** Transactions that werift may remember of a pair. */
const MAX_REMEMBERED = 64;

/**
 * The controlled side of ICE (RFC 8445) on werift's, with what that leaves to its user: whom it may ask,
 * which addresses it offers, whose datagrams it takes, and whether the peer is still there.
 */
export class Ice {
  /** A local candidate without `a=`, or null when there are no more of this generation. */
  oncandidate: (candidate: string | null) => void = () => {};
  /** Consent to send has expired (RFC 7675), or no pair was found. */
  onfailed: () => void = () => {};
  /** The peer has fallen silent, or is heard again. */
  onalive: (alive: boolean) => void = () => {};
  /** What is sent goes over another pair than before. */
  onpath: () => void = () => {};
  /** A datagram of the peer's, from a valid pair; its memory is used again after the call. */
  ondatagram: (datagram: Buffer) => void = () => {};

  readonly #transport: RTCIceTransport;
  readonly #connection: WeriftConnection;
  readonly #guard = new PeerGuard();
  readonly #sockets: GuardedSockets;
  readonly #selection: Selection;
  readonly #liveness = new Liveness();
  readonly #log: (message: string) => void;
  #route: Route | undefined;
  #generation = 0;
  /** Ends the wait for a pair. */
  #settle: () => void = () => {};
  #beganAt = 0;
  #restarting = false;
  #poll: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  constructor({ iceServers, addresses = hostAddresses(), log }: IceOptions) {
    this.#log = log;
    const gatherer: RTCIceGatherer = makeGatherer(
      iceServers,
      addresses,
      (pair) => this.#sockets.allowsPair(pair),
    );
    this.#connection = weriftConnection(gatherer);
    this.#sockets = new GuardedSockets(this.#connection, this.#guard, {
      ondatagram: (datagram) => this.ondatagram(datagram),
      oncheck: (...check) => this.#selection.checked(...check),
    });
    this.#selection = new Selection(this.#connection, this.#sockets);
    this.#selection.onchange = () => log("another pair has been selected");
    this.#renewCredentials();
    this.#transport = new RTCIceTransport(gatherer);
    this.#transport.onIceCandidate.subscribe((candidate) => {
      if (candidate !== undefined && !this.#stopped) {
        this.oncandidate(`candidate:${candidate.toJSON().candidate}`);
      }
    });
    gatherer.connection.stateChanged.subscribe((state) => {
      if (state === "failed" && !this.#restarting) this.onfailed();
      if (state === "connected" && this.#selection.pair !== undefined) this.#settle();
    });
  }

  get credentials(): IceCredentials {
    return this.#transport.localParameters;
  }

  /** The selected pair's candidate types, or undefined while there is none. */
  get selectedPair(): SelectedPair | undefined {
    const { pair } = this.#selection;
    return pair && { local: pair.localCandidate.type, remote: pair.remoteCandidate.type };
  }

  get counts(): IceCounts {
    const { remoteCandidates, checkList } = this.#connection;
    const { dropped } = this.#guard;
    return { remoteCandidates: remoteCandidates.length, pairs: checkList.length, dropped };
  }

  /** Takes the peer's credentials and begins to gather; the first ones, or new ones for a restart. */
  begin({ usernameFragment, password, iceLite }: RemoteParameters): void {
    this.#generation++;
    this.#settle();
    this.#beganAt = performance.now();
    this.#transport.setRemoteParams(new RTCIceParameters({ usernameFragment, password, iceLite }));
    // werift has made new ones of its own.
    if (this.#generation > 1) this.#renewCredentials();
    this.#guard.begin(this.credentials, { usernameFragment, password });
    this.#gather(this.#generation);
  }

  /** Adds a remote candidate; one too many is left out. */
  add(candidate: IceCandidate): void {
    if (this.#connection.remoteCandidates.length >= MAX_REMOTE_CANDIDATES) {
      return this.#log("too many remote candidates");
    }
    // Never awaited: what cannot be resolved must not hold up the rest.
    this.#transport.addRemoteCandidate(candidate)?.catch((error: unknown) => this.#log(String(error)));
  }

  /**
   * Resolves when a pair has been selected, or a restart has overtaken this generation.
   *
   * @throws {Error} when none was found
   */
  async connect(): Promise<void> {
    const generation = this.#generation;
    const settled = Promise.withResolvers<void>();
    this.#settle = settled.resolve;
    // Of two starts at once werift lets one fail, or wait without end, whatever came of it.
    this.#transport.start().then(settled.resolve, (error: unknown) => {
      if (this.#selection.pair === undefined) settled.reject(error);
    });
    await settled.promise;
    if (generation === this.#generation) this.#guard.selected(performance.now());
  }

  /**
   * New credentials under the connection that stands.
   *
   * @returns whether there is a pair; false where another restart has overtaken this one
   * @throws {Error} when none was found
   */
  async restart(remote: RemoteParameters): Promise<boolean> {
    this.#restarting = true;
    this.#sockets.closeOldRelayed(this.#selection.keep());
    this.begin(remote);
    const generation = this.#generation;
    await this.connect();
    if (generation !== this.#generation) return false;
    this.#restarting = false;
    this.#selection.release();
    return true;
  }

  /** Sends a datagram to the peer while it consents; resolves when it has gone. */
  send(datagram: Uint8Array): Promise<void> {
    const pair = this.#selection.pair;
    if (this.#stopped || (pair !== undefined && !this.#connection.canSendApplicationData())) {
      return Promise.resolve();
    }
    const used = pair ?? this.#selection.earlier;
    if (used === undefined) return Promise.resolve();
    if (used !== this.#route?.pair) this.#take(routeOf(used));
    return this.#route!.send(datagram);
  }

  #take(route: Route): void {
    const moved = this.#route !== undefined;
    this.#route = route;
    if (moved) this.onpath();
  }

  /** Begins to watch whether the peer is there. */
  watch(): void {
    this.#poll ??= setInterval(() => this.#observe(performance.now()), POLL_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#poll);
    await this.#transport.stop();
  }

  #observe(now: number): void {
    this.#sockets.forgetBefore(this.#guard.freeEarlier(now));
    for (const { requestTransactionIds: ids } of this.#connection.checkList) {
      if (ids.size > MAX_REMEMBERED) ids.clear();
    }
    this.#selection.expire(now - CONSENT_MS);
    if (now - Math.max(this.#guard.answeredAt, this.#beganAt) >= CONSENT_MS) return this.#expire();
    if (this.#restarting) return;
    const alive = this.#liveness.observe(this.#selection.heard, now);
    this.#selection.silent = !alive;
    this.onalive(alive);
  }

  #expire(): void {
    this.#stopped = true;
    clearInterval(this.#poll);
    this.onfailed();
  }

  #renewCredentials(): void {
    const { usernameFragment, password } = newCredentials();
    this.#connection.localUsername = usernameFragment;
    this.#connection.localPassword = password;
    this.#connection.userHistory = { [usernameFragment]: password };
  }

  #gather(generation: number): void {
    this.#transport.gather().then(() => {
      if (generation !== this.#generation || this.#stopped) return;
      this.#pairAgain();
      this.oncandidate(null);
    }, (error: unknown) => this.#log(`gathering: ${String(error)}`));
  }

  /** werift pairs a relayed candidate with those remote ones only that come after it. */
  #pairAgain(): void {
    const { remoteCandidates } = this.#connection;
    for (const candidate of remoteCandidates) this.#connection.pairRemoteCandidate(candidate);
    this.#connection.sortCheckList();
  }
}
