/** Programs that a test needs and that not every machine has. */
import { FULL } from "../../support/extent.ts";

export const CHROMIUM = "/usr/bin/chromium";
export const FIREFOX = "/usr/bin/firefox-esr";

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

async function runs(program: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: ["-version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

const ffmpeg = await runs("ffmpeg");

/** Whether a browser's tests are to be left out, which is said then. */
async function ignored(browser: string): Promise<boolean> {
  if (FULL || (ffmpeg && await isThere(browser))) return false;
  const line = `Tests are left out: they need ${browser} and ffmpeg.\n`;
  await Deno.stderr.write(new TextEncoder().encode(line));
  return true;
}

/** Whether tests that need ffmpeg alone are to be left out. */
export const ignoreFfmpeg = !ffmpeg && !FULL;

export const ignoreBrowser = await ignored(CHROMIUM);
export const ignoreFirefox = await ignored(FIREFOX);
