/** Two connections to one Redis: for commands, and for what other relays tell. Both come back by themselves. */
import { createClient } from "@redis/client";
import type { Log } from "../context.ts";
import type { RedisAddress } from "./address.ts";
import { commandError, faultName, startError } from "./errors.ts";
import { checkServer } from "./server_check.ts";
import type { Script } from "./script.ts";

/** A Redis that says nothing for so long is away, in milliseconds; it is asked more often than that. */
const SILENCE_MS = 8_000;
const PING_MS = 3_000;

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
  /** Whether commands can be sent changed. */
  readonly onchange: (reachable: boolean) => void;
  readonly log: Log;
}

type Reply = string | number | null | Reply[];

export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #commands: ReturnType<typeof client>;
  readonly #notices: ReturnType<typeof client>;
  #reachable = false;
  #started = false;
  #closed = false;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#commands = client(options.address);
    this.#notices = client(options.address);
    for (const connection of [this.#commands, this.#notices]) {
      connection.on("error", (error: Error) => this.#changed(error));
      connection.on("ready", () => this.#changed(undefined));
    }
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
      this.#changed(undefined);
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
      return await this.#commands.sendCommand(["EVALSHA", script.sha, ...rest]) as Reply;
    } catch (error) {
      if (faultName(error) !== "NOSCRIPT") throw commandError(error);
    }
    return await this.send("EVAL", script.text, ...rest);
  }

  /** @throws {StoreUnavailable} */
  async send(...args: string[]): Promise<Reply> {
    try {
      return await this.#commands.sendCommand(args) as Reply;
    } catch (error) {
      throw commandError(error);
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of [this.#commands, this.#notices]) connection.destroy();
  }

  #changed(error: Error | undefined): void {
    if (this.#closed || !this.#started) return;
    const reachable = this.#commands.isReady && this.#notices.isReady;
    // Whichever of the two has come back, something may have been missed.
    if (error === undefined) this.#options.onback();
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    this.#options.onchange(reachable);
    if (reachable) this.#options.log("info", "the store answers");
    else this.#options.log("warn", "the store is away", { fault: error && faultName(error) });
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
