import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./requirements.ts";

/** A browser with an empty profile. */
export class Browser implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.#profile = profile;
  }

  static async start(options: { colorScheme?: "light" | "dark"; phone?: boolean } = {}): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "unarr-browser-" });
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      acceptDownloads: true,
      locale: "en-GB",
      colorScheme: options.colorScheme ?? "light",
      ...(options.phone
        ? { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
        : { viewport: { width: 1200, height: 800 } }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
      ],
    });
    context.setDefaultTimeout(30_000);
    return new Browser(context, profile);
  }

  /** A page that fails the test by `problems` when its console or policy complains. */
  async open(address: URL | string): Promise<{ page: Page; problems: string[] }> {
    const page = await this.context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(String(address));
    return { page, problems };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {});
  }
}
