import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./requirements.ts";

export interface BrowserOptions {
  readonly colorScheme?: "light" | "dark";
  readonly phone?: boolean;
  /** A command that starts it, such as one that enters a network namespace. */
  readonly through?: readonly string[];
  /** Pages play nothing with sound before they are touched, as for people. */
  readonly asksToPlay?: boolean;
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
  /** Directory of the profile. */
  readonly profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.profile = profile;
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
        `--autoplay-policy=${
          options.asksToPlay ? "document-user-activation-required" : "no-user-gesture-required"
        }`,
        ...(options.secureOrigin
          ? [`--unsafely-treat-insecure-origin-as-secure=${options.secureOrigin}`]
          : []),
      ],
    });
    context.setDefaultTimeout(60_000);
    // Nobody is there to choose a file in its dialog; without it pages save as they do in other browsers.
    await context.addInitScript(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
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

  /** Stops the processes that run pages, or lets them go on, as a machine does that sleeps (Linux). */
  async sleep(asleep: boolean): Promise<void> {
    const processes = new Map<number, { parent: number; command: string }>();
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = await Deno.readTextFile(`/proc/${name}/stat`);
        const command = await Deno.readTextFile(`/proc/${name}/cmdline`);
        processes.set(Number(name), { parent: Number(stat.split(") ").at(-1)!.split(" ")[1]), command });
      } catch {
        // It has ended meanwhile.
      }
    }
    const isOwn = (pid: number): boolean => {
      const process = processes.get(pid);
      if (process === undefined) return false;
      return process.command.includes(`--user-data-dir=${this.profile}`) || isOwn(process.parent);
    };
    let told = 0;
    for (const [pid, { command }] of processes) {
      if (!command.includes("--type=renderer") || !isOwn(pid)) continue;
      Deno.kill(pid, asleep ? "SIGSTOP" : "SIGCONT");
      told++;
    }
    if (told === 0) throw new Error("no process of a page was found");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await Deno.remove(this.profile, { recursive: true }).catch(() => {});
  }
}
