import type { Page } from "playwright-core";

/** Bytes of memory that a tab holds: its process's resident pages, and those of them that are its own. */
export interface TabMemory {
  readonly resident: number;
  /** Without pages of files, such as the browser's program, which all its processes share. */
  readonly own: number;
}

/** Measures the largest process of a page, without collecting garbage before (Linux). */
export async function tabMemory(page: Page): Promise<TabMemory> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const tabs = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => measure(id));
    return (await Promise.all(tabs)).reduce((a, b) => a.resident > b.resident ? a : b);
  } finally {
    await session.detach();
  }
}

async function measure(process: number): Promise<TabMemory> {
  const status = await Deno.readTextFile(`/proc/${process}/status`);
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { resident: bytes("VmRSS"), own: bytes("RssAnon") + bytes("RssShmem") };
}
