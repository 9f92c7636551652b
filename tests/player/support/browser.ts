import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./requirements.ts";

export interface BrowserOptions {
  readonly colorScheme?: "light" | "dark";
  readonly phone?: boolean;
  /** A command that starts it, such as one that enters a network namespace. */
  readonly through?: readonly string[];
  /** An origin of plain HTTP that counts as secure, and so has service workers. */
  readonly secureOrigin?: string;
}

/** A script that starts the browser by a command; in the profile, so that it goes away with it. */
async function startedBy(command: readonly string[], profile: string): Promise<string> {
  const path = `${profile}/start`;
  await Deno.writeTextFile(path, `#!/bin/sh\nexec ${command.join(" ")} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
  return path;
}

/** A browser with an empty profile. */
export class Browser implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.#profile = profile;
  }

  static async start(options: BrowserOptions = {}): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "unarr-browser-" });
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: options.through ? await startedBy(options.through, profile) : CHROMIUM,
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
        ...(options.secureOrigin
          ? [`--unsafely-treat-insecure-origin-as-secure=${options.secureOrigin}`]
          : []),
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
