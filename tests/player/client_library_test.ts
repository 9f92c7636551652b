/// <reference lib="dom" />
/** The client as a library, as the README shows it: bundled, in a page of another origin, with its types. */
import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeMp4 } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const ROOT = new URL("../../", import.meta.url);

/** The README's page. */
async function example(): Promise<string> {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  return /```html\n(.*?)```/s.exec(readme)![1]!;
}

async function deno(args: string[], cwd: URL | string): Promise<string> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 0, text);
  return text;
}

/** Makes the module and answers where it is. */
async function bundled(): Promise<string> {
  const said = await deno(["task", "bundle:client"], ROOT);
  assert.match(said, /unarr-client\.js {2}\d+\.\d kB, \d+\.\d kB compressed/);
  return new URL("dist/client", ROOT).pathname;
}

Deno.test("client library: the README's example agrees with the types, and a mistake does not", async () => {
  const library = await bundled();
  await using dir = await TempDir.make();
  const script = /<script type="module">(.*?)<\/script>/s.exec(await example())![1]!;
  const typed = script.replace("import ", '// @ts-types="./unarr-client.d.ts"\nimport ');
  // As an editor checks a page's script, but for the elements that are there.
  const source = typed.replaceAll(
    /document\.querySelector\((".*?")\)/g,
    (_, selector) => `/** @type {any} */ (document.querySelector(${selector}))`,
  );
  const configuration = {
    compilerOptions: {
      checkJs: true,
      strict: true,
      lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    },
  };
  await dir.put("deno.json", JSON.stringify(configuration));
  await dir.put("unarr-client.d.ts", await Deno.readTextFile(`${library}/unarr-client.d.ts`));
  await dir.put("unarr-client.js", await Deno.readTextFile(`${library}/unarr-client.js`));
  await dir.put("example.js", source);
  await deno(["check", "--quiet", "example.js"], dir.path);
  await dir.put("wrong.js", source.replace("box.list(", "box.lists("));
  await assert.rejects(deno(["check", "--quiet", "wrong.js"], dir.path), /'lists' does not exist|lists/);
  // What the types promise is there.
  const module = await import(`file://${library}/unarr-client.js`);
  const types = await Deno.readTextFile(`${library}/unarr-client.d.ts`);
  const promised = [...types.matchAll(/^export declare (?:function|class|const) (\w+)/gm)].map(([, name]) =>
    name!
  );
  assert.deepEqual(promised.sort(), Object.keys(module).sort());
  assert.ok(promised.includes("connect"));
});

Deno.test({
  name: "client library: the README's page lists a box from another origin, and plays its film",
  ignore: ignoreBrowser,
  async fn() {
    const library = await bundled();
    await using share = await TempDir.make();
    await makeMp4(`${share.path}/film.mp4`);
    await share.put("folder/other.bin", "not listed at the top");
    await using box = await Box.start(share.path);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async ({ url }) => {
        const { pathname } = new URL(url);
        if (pathname === "/") {
          return new Response(await example(), { headers: { "Content-Type": "text/html" } });
        }
        if (pathname !== "/unarr-client.js") return new Response(null, { status: 404 });
        const module = await Deno.readFile(`${library}/unarr-client.js`);
        return new Response(module, { headers: { "Content-Type": "text/javascript" } });
      },
    );
    const link = new URL(`http://127.0.0.1:${server.addr.port}/`);
    link.hash = String(new URLSearchParams({ relay: box.link.origin, token: box.token }));
    await using browser = await Browser.start();
    const { page } = await browser.open(link);
    await page.waitForSelector("button");
    assert.match((await page.locator("ul").innerText()).trim(), /^film\.mp4, \d+\.\d MB$/);
    assert.equal(await page.locator("#state").innerText(), "open");
    await page.getByRole("button").click();
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
    assert.equal(await page.evaluate(() => document.querySelector("video")!.videoWidth), 1_280);
    link.hash = String(new URLSearchParams({ relay: box.link.origin, token: "wrong" }));
    const { page: refused } = await browser.open(link);
    await refused.waitForFunction(() => /token|link/i.test(document.querySelector("#state")!.textContent!));
  },
});
