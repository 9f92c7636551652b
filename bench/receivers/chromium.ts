import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../../tests/player/support/requirements.ts";
import { within } from "../../tests/support/within.ts";
import type { Candidate } from "../stacks/peer.ts";
import { Unavailable } from "../unavailable.ts";
import { installReceiver, type PageReceiver } from "./chromium_page.ts";
import { type Arrival, type Ask, FileReceiver, type Seek, type SeekArrival } from "./file_receiver.ts";
import { CONNECT_MS, OPEN_MS, type Receiver, type ReceiverKind } from "./receiver.ts";
import { WIRE } from "./wire.ts";

/** A page of headless Chromium that receives, without the player. */
class ChromiumReceiver implements Receiver {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  offer(): Promise<string> {
    return this.#call("offer", [], CONNECT_MS);
  }

  setAnswer(sdp: string): Promise<void> {
    return this.#call("setAnswer", [sdp], CONNECT_MS);
  }

  addCandidate(candidate: Candidate): Promise<void> {
    return this.#call("addCandidate", [candidate], CONNECT_MS);
  }

  opened(): Promise<void> {
    return this.#call("opened", [], OPEN_MS);
  }

  read(ask: Ask, ms: number): Promise<Arrival> {
    return this.#call("read", [ask], ms);
  }

  seek(first: Ask, seeks: readonly Seek[], load: number, ms: number): Promise<SeekArrival[]> {
    return this.#call("seek", [first, seeks, load], ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.close();
  }

  #call<T>(name: keyof PageReceiver, args: unknown[], ms: number): Promise<T> {
    const call = this.#page.evaluate(
      // deno-lint-ignore no-explicit-any -- runs in the page
      ({ name, args }) => (globalThis as any).receiver[name](...args),
      { name, args },
    );
    return within(ms, name, call as Promise<T>);
  }
}

/** Headless Chromium, and a page of its own for each receiver. */
export class Chromium implements ReceiverKind, AsyncDisposable {
  readonly name = "Chromium";
  #launched: Promise<Browser> | undefined;
  /** Chromium hashes only for pages of a server it trusts, of which one on loopback is one. */
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  });

  async start(): Promise<Receiver> {
    const browser = await (this.#launched ??= launch());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${this.#server.addr.port}/`);
    await page.addScriptTag({ content: `(${installReceiver})(${FileReceiver}, ${JSON.stringify(WIRE)})` });
    return new ChromiumReceiver(page);
  }

  /** Its version, once it runs. */
  async version(): Promise<string | undefined> {
    return (await this.#launched?.catch(() => undefined))?.version();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#launched?.catch(() => undefined))?.close();
    await this.#server.shutdown();
  }
}

async function launch(): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath: CHROMIUM,
      headless: true,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Its own addresses instead of names that only multicast DNS resolves.
        "--disable-features=WebRtcHideLocalIpsWithMdns",
      ],
    });
  } catch (error) {
    throw new Unavailable("Chromium", (error as Error).message.split("\n")[0]!);
  }
}
