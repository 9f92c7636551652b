/** The wakes of the Redis store: held in one relay, released by any. */
import { type StoreRules, StoreUnavailable } from "../store.ts";
import { type Asking, AWAY_MS } from "./asking.ts";
import { WAKE_RENEWAL_MS } from "./lifetimes.ts";
import type { Watch } from "./notices.ts";
import { wakeScripts } from "./wake_scripts.ts";

export class RedisWakes {
  readonly #asking: Asking;
  readonly #scripts;
  #held = 0;

  constructor(asking: Asking, rules: StoreRules) {
    this.#asking = asking;
    this.#scripts = wakeScripts(rules);
  }

  async wake(owner: string): Promise<void> {
    await this.#run("wake", owner);
  }

  async hold(owner: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const number = String(++this.#held);
    const member = `${this.#asking.instance} ${number}`;
    using watch = this.#asking.notices.watch(wakeTopic(number));
    if (await this.#run("hold", owner, member) === 1) return true;
    while (!signal.aborted) {
      await watch.wait(signal, WAKE_RENEWAL_MS);
      if (signal.aborted) break;
      if (await this.#isReleased(owner, member, watch, signal)) return true;
    }
    return await this.#letGo(owner, member);
  }

  async open(owner: string): Promise<number> {
    return await this.#run("open", owner) as number;
  }

  /** Asks Redis even where a notice came: it may have been for all, after one that was missed. */
  async #isReleased(owner: string, member: string, watch: Watch, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      try {
        return await this.#run("renew", owner, member) === 0;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        await watch.wait(signal, AWAY_MS);
        if (signal.aborted) return false;
      }
    }
  }

  /** True where it was released before it could be let go. */
  async #letGo(owner: string, member: string): Promise<boolean> {
    const { redis, prefix } = this.#asking;
    try {
      return await redis.send("ZREM", `${prefix}:wakes:${owner}`, member) === 0;
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      throw error;
    }
  }

  #run(name: keyof ReturnType<typeof wakeScripts>, ...args: string[]) {
    return this.#asking.redis.run(this.#scripts[name], this.#asking.prefix, ...args);
  }
}

/** What a held wake watches. */
export function wakeTopic(number: string): string {
  return `wake ${number}`;
}
