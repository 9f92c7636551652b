import type { CDPSession, Page } from "playwright-core";

/** Bytes. */
export interface Memory {
  /** JavaScript objects of the page after a garbage collection. */
  readonly heap: number;
  /** Resident memory of the page's process. */
  readonly page: number;
  /** Resident memory of the browser's own process, which writes to the disk. */
  readonly browser: number;
}

/** Measures a page and its browser. */
export class MemoryMeter {
  readonly #page: CDPSession;
  readonly #system: CDPSession;

  private constructor(page: CDPSession, system: CDPSession) {
    this.#page = page;
    this.#system = system;
  }

  static async of(page: Page): Promise<MemoryMeter> {
    const browser = page.context().browser();
    if (!browser) throw new Error("the page has no browser");
    return new MemoryMeter(await page.context().newCDPSession(page), await browser.newBrowserCDPSession());
  }

  async measure(): Promise<Memory> {
    await this.#page.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#page.send("Runtime.getHeapUsage");
    const { processInfo } = await this.#system.send("SystemInfo.getProcessInfo");
    const largest = (type: string) =>
      Promise.all(processInfo.filter((info) => info.type === type).map(({ id }) => resident(id)))
        .then((sizes) => Math.max(0, ...sizes));
    return { heap: usedSize, page: await largest("renderer"), browser: await largest("browser") };
  }
}

async function resident(process: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${process}/status`).catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
