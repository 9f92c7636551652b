/** Two connections to one Redis: for commands, and for what other relays tell. Both come back by themselves. */
import { createClient } from "@redis/client";
import type { Log } from "../context.ts";
import type { RedisAddress } from "./address.ts";
import { commandError, faultName, startError } from "./errors.ts";
import { checkServer } from "./server_check.ts";
import type { Script } from "./script.ts";
import { StoreUnavailable } from "../store.ts";

/** A Redis that answers nothing for so long is away, in milliseconds; it is asked more often than that. */
const SILENCE_MS = 4_000;
const PING_MS = 1_000;

/** Commands under way at most: beyond, Redis is too slow, and more would only take memory. */
const MAX_COMMANDS = 50_000;

/** Wait before another try to connect, in milliseconds. */
const RETRY_MS = { first: 50, most: 1_000 } as const;

/** The first connection must come about within this, in milliseconds. */
const CONNECT_MS = 5_000;

export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  /** Where other relays tell this one what it waits for. */
  readonly channel: string;
  readonly onnotice: (notice: string) => void;
  /** It is there again: what was told meanwhile is lost. */
  readonly onback: () => void;
  /** Whether Redis answers has changed. */
  readonly onchange: (reachable: boolean) => void;
  readonly log: Log;
}

type Client = ReturnType<typeof client>;
type Reply = string | number | null | Reply[];

export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #commands: Client;
  readonly #notices: Client;
  /** Those of the two connections over which Redis has answered since they came about. */
  readonly #answering = new Set<Client>();
  readonly #watchdog: ReturnType<typeof setInterval>;
  #reachable = false;
  #started = false;
  #closed = false;
  /** Commands that are not answered yet, and since when none was. */
  #unanswered = 0;
  #silentSince = 0;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#commands = client(options.address);
    this.#notices = client(options.address);
    for (const connection of [this.#commands, this.#notices]) {
      connection.on("error", (error: Error) => this.#lost(connection, error));
      connection.on("ready", () => this.#greet(connection));
    }
    this.#watchdog = setInterval(() => this.#watch(), PING_MS);
  }

  /** Whether Redis answers, as far as is known. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /**
   * Connects.
   *
   * @param patient true to wait for a Redis that is away now
   * @throws {Error} whose message is a sentence for the operator
   */
  async start(patient: boolean): Promise<void> {
    const { address, channel, onnotice, log } = this.#options;
    const host = new URL(address.url).host;
    const { promise: refused, reject } = Promise.withResolvers<never>();
    const refuse = (error: unknown) => {
      if (!patient || ["WRONGPASS", "NOAUTH", "NOPERM"].includes(faultName(error))) reject(error);
    };
    this.#commands.on("error", refuse);
    const timer = patient ? undefined : setTimeout(() => reject(new Error("TIMEOUT")), CONNECT_MS);
    const connected = (async () => {
      await this.#commands.connect();
      for (const warning of await checkServer((...args) => this.#commands.sendCommand(args))) {
        log("warn", warning);
      }
      await this.#notices.connect();
      await this.#notices.subscribe(channel, onnotice);
      this.#started = true;
      this.#found();
    })();
    connected.catch(() => {});
    try {
      // One that is patient serves before Redis is there; its calls are refused until then.
      if (patient) await Promise.race([connected, refused, delay(RETRY_MS.most)]);
      else await Promise.race([connected, refused]);
    } catch (error) {
      this.close();
      throw error instanceof Error && error.name === "ServerError" ? error : startError(error, host);
    } finally {
      clearTimeout(timer);
      this.#commands.off("error", refuse);
      refused.catch(() => {});
    }
  }

  /**
   * Runs a script; its text is sent along only where Redis does not know it.
   *
   * @throws {StoreUnavailable}
   */
  async run(script: Script, prefix: string, ...args: (string | number)[]): Promise<Reply> {
    const rest = ["1", prefix, ...args.map(String)];
    try {
      return await this.#ask(["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      if (faultName(error) !== "NOSCRIPT") throw commandError(error);
    }
    return await this.send("EVAL", script.text, ...rest);
  }

  /** @throws {StoreUnavailable} */
  async send(...args: string[]): Promise<Reply> {
    try {
      return await this.#ask(args);
    } catch (error) {
      throw commandError(error);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watchdog);
    for (const connection of [this.#commands, this.#notices]) connection.destroy();
  }

  async #ask(args: string[]): Promise<Reply> {
    if (!this.#reachable) throw new StoreUnavailable("the store is away");
    if (this.#unanswered++ === 0) this.#silentSince = performance.now();
    try {
      return await this.#commands.sendCommand(args) as Reply;
    } finally {
      this.#unanswered -= 1;
      this.#silentSince = performance.now();
    }
  }

  /** A connection says little: the kernel makes it for a Redis that stands still. */
  #greet(connection: Client): void {
    connection.ping().then(() => {
      this.#answering.add(connection);
      this.#found();
    }, () => {});
  }

  #found(): void {
    if (this.#closed || !this.#started || this.#answering.size < 2) return;
    const wasReachable = this.#reachable;
    this.#reachable = true;
    // Whichever of the two has come back, something may have been missed.
    this.#options.onback();
    if (wasReachable) return;
    this.#options.log("info", "the store answers");
    this.#options.onchange(true);
  }

  #lost(connection: Client, error: Error): void {
    this.#answering.delete(connection);
    if (this.#closed || !this.#reachable) return;
    this.#reachable = false;
    this.#options.log("warn", "the store is away", { fault: faultName(error) });
    this.#options.onchange(false);
  }

  /** Sockets take each command that is sent for a sign of life, so that a busy relay has to look for itself. */
  #watch(): void {
    if (this.#unanswered === 0 || performance.now() - this.#silentSince < SILENCE_MS) return;
    // Nothing more is sent, and the socket's own time runs out.
    this.#lost(this.#commands, Object.assign(new Error("no answer"), { code: "SILENCE" }));
  }
}

function client({ url, username, password }: RedisAddress) {
  return createClient({
    url,
    // The second version of the protocol is what Redis 5 speaks.
    RESP: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // With some jitter, so that many relays do not come back at one moment.
      reconnectStrategy: (retries: number) =>
        Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(retries, 8)) * (0.8 + 0.4 * Math.random()),
    },
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
