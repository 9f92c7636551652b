import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { FIREFOX } from "./requirements.ts";

/** How long a page may take for anything, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Told of each request that a video has given up for another, as it does when it seeks. */
const GIVEN_UP = /A ServiceWorker intercepted the request and encountered an unexpected error/;

/** Firefox as its makers ship it, with an empty profile, driven by WebDriver BiDi. */
export class Firefox implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: FIREFOX,
      headless: true,
      timeout: TIMEOUT_MS,
      // Films may begin by themselves and with their sound.
      extraPrefsFirefox: { "media.autoplay.default": 0 },
    });
    return new Firefox(browser);
  }

  /** A page, and what its scripts failed with. */
  async open(address: URL): Promise<{ page: Page; problems: string[] }> {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    const problems: string[] = [];
    page.on("pageerror", (error) => {
      if (!GIVEN_UP.test(String(error))) problems.push(String(error));
    });
    await page.goto(String(address));
    return { page, problems };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
