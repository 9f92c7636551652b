import "./quiet_env.ts";
import "./udp/install.ts";
import {
  type IceCandidate,
  parseIceServers,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
} from "werift";
import { hostAddresses } from "./host_addresses.ts";
import { Liveness } from "./liveness.ts";

/** An RTCIceServer. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** Where the ends of the selected pair are: candidate types of RFC 8445. */
export interface SelectedPair {
  readonly local: string;
  readonly remote: string;
}

/** Credentials of one side. */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

export interface IceOptions {
  readonly iceServers: readonly IceServer[];
  /** Host candidates; the machine's own where it is left out. */
  readonly addresses: readonly string[] | undefined;
  readonly log: (message: string) => void;
}

/** The most remote candidates of one generation. */
const MAX_REMOTE_CANDIDATES = 64;

const LIVENESS_POLL_MS = 1_000;

/**
 * The controlled side of ICE (RFC 8445) on werift's, with what that leaves to its user: whom it may ask,
 * which addresses it offers, and whether the peer is still there.
 */
export class Ice {
  /** A local candidate without `a=`, or null when there are no more of this generation. */
  oncandidate: (candidate: string | null) => void = () => {};
  /** Consent to send has expired (RFC 7675), or no pair was found. */
  onfailed: () => void = () => {};
  /** The peer has fallen silent, or is heard again. */
  onalive: (alive: boolean) => void = () => {};

  readonly transport: RTCIceTransport;
  readonly #gatherer: RTCIceGatherer;
  readonly #log: (message: string) => void;
  #generation = 0;
  #remoteCandidates = 0;
  #restarting = false;
  #live: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  constructor({ iceServers, addresses = hostAddresses(), log }: IceOptions) {
    this.#log = log;
    const servers = iceServers.map((server) => ({ ...server, urls: [server.urls].flat() as string[] }));
    this.#gatherer = new RTCIceGatherer({
      ...parseIceServers(servers as Parameters<typeof parseIceServers>[0]),
      // The addresses are this side's choice: werift leaves out loopback and whole kinds of interface.
      useIpv4: false,
      useIpv6: false,
      additionalHostAddresses: [...addresses],
    });
    // Without a configured server werift would ask one of its own choice on the public internet.
    if (!servers.some(({ urls }) => urls.some((url) => /^stuns?:/i.test(url)))) {
      delete this.#gatherer.connection.stunServer;
    }
    this.transport = new RTCIceTransport(this.#gatherer);
    this.transport.onIceCandidate.subscribe((candidate) => {
      if (candidate !== undefined && !this.#stopped) {
        this.oncandidate(`candidate:${candidate.toJSON().candidate}`);
      }
    });
    this.#gatherer.connection.stateChanged.subscribe((state) => {
      if (state === "failed" && !this.#restarting) this.onfailed();
    });
  }

  get credentials(): IceCredentials {
    return this.transport.localParameters;
  }

  /** The selected pair's candidate types, or undefined while there is none. */
  get selectedPair(): SelectedPair | undefined {
    const pair = this.#gatherer.connection.nominated;
    if (pair === undefined) return undefined;
    return { local: pair.localCandidate.type, remote: pair.remoteCandidate.type };
  }

  /** Takes the peer's credentials and begins to gather; the first ones, or new ones for a restart. */
  begin(remote: IceCredentials & { readonly iceLite: boolean }): void {
    this.#generation++;
    this.#remoteCandidates = 0;
    const { usernameFragment, password, iceLite } = remote;
    this.transport.setRemoteParams(new RTCIceParameters({ usernameFragment, password, iceLite }));
    this.#gather(this.#generation);
  }

  /** Adds a remote candidate; one too many is left out. */
  add(candidate: IceCandidate): void {
    if (++this.#remoteCandidates > MAX_REMOTE_CANDIDATES) return this.#log("too many remote candidates");
    // Never awaited: what cannot be resolved must not hold up the rest.
    this.transport.addRemoteCandidate(candidate)?.catch((error: unknown) => this.#log(String(error)));
  }

  /** Resolves when a pair has been selected. @throws {Error} when none was found */
  async connect(): Promise<void> {
    await this.transport.start();
  }

  /** New credentials under the connection that stands; resolves when there is a new pair. */
  async restart(remote: IceCredentials & { readonly iceLite: boolean }): Promise<boolean> {
    this.#restarting = true;
    this.begin(remote);
    const generation = this.#generation;
    await this.transport.start();
    if (generation !== this.#generation) return false;
    this.#restarting = false;
    return true;
  }

  /** Begins to watch whether the peer is there. */
  watch(): void {
    const liveness = new Liveness();
    this.#live = setInterval(() => {
      if (this.#restarting) return;
      const pair = this.#gatherer.connection.nominated;
      const heard = pair === undefined
        ? 0
        : pair.responsesReceived + pair.requestsReceived + pair.packetsReceived;
      this.onalive(liveness.observe(heard, performance.now()));
    }, LIVENESS_POLL_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#live);
    await this.transport.stop();
  }

  #gather(generation: number): void {
    this.transport.gather().then(() => {
      if (generation !== this.#generation || this.#stopped) return;
      this.#pairAgain();
      this.oncandidate(null);
    }, (error: unknown) => this.#log(`gathering: ${String(error)}`));
  }

  /** werift pairs a relayed candidate with those remote ones only that come after it. */
  #pairAgain(): void {
    const connection = this.#gatherer.connection as unknown as {
      remoteCandidates: unknown[];
      pairRemoteCandidate(candidate: unknown): void;
      sortCheckList(): void;
    };
    for (const candidate of connection.remoteCandidates) connection.pairRemoteCandidate(candidate);
    connection.sortCheckList();
  }
}
