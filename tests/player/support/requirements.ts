/** Programs that a test needs and that not every machine has. */

const CHROMIUM = "/usr/bin/chromium";

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

/** With `UNARR_TEST_FULL=1` nothing is left out: what is missing makes the tests fail. */
const full = Deno.env.get("UNARR_TEST_FULL") === "1";

/** Whether browser tests are to be left out. */
export const ignoreBrowser = !full && !(await isThere(CHROMIUM) && await runs("ffmpeg"));

if (ignoreBrowser) {
  const line = `Browser tests are left out: they need ${CHROMIUM} and ffmpeg.\n`;
  await Deno.stderr.write(new TextEncoder().encode(line));
}

export { CHROMIUM };
