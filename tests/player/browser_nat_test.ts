/// <reference lib="dom" />
/**
 * Box and viewer behind NAT of every kind, by the kernel's own: what RFC 8445 finds through RFC 4787's mappings and
 * filters, and what the page says where there is nothing to be found.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Coturn } from "../support/coturn.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Browser } from "./support/browser.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { Setup } from "./support/setup.ts";
import { type Nat, type Nats, OPEN, RESTRICTED, SYMMETRIC, TwoHomes } from "./support/two_homes.ts";
import { FULL } from "../support/extent.ts";

/** Chromium takes 16 s to give up on ICE; a busy machine longer. */
const LONG_MS = 90_000;

const lacking = ignoreBrowser
  ? "is left out with the browser"
  : await Coturn.installed()
  ? await TwoHomes.lacks()
  : "needs coturn";
if (lacking && !ignoreBrowser) {
  await Deno.stderr.write(new TextEncoder().encode(`The tests of films through NAT: ${lacking}.\n`));
}

const [FIRST, SECOND] = TwoHomes.servers;
const STUN = [FIRST, SECOND].flatMap((server) => ["--ice-server", `stun:${server}`]);

interface Scene {
  readonly homes: TwoHomes;
  readonly page: Page;
}

interface Props {
  readonly nats: Nats;
  /** coturn relays; else it is a STUN server at two addresses. */
  readonly turn?: boolean;
  /** Further options of coturn. */
  readonly coturn?: readonly string[];
}

/** A test with a page that opens a film of a box in another home, over a relay on the internet. */
function test(
  name: string,
  { nats, turn = false, coturn = [] }: Props,
  run: (scene: Scene) => Promise<void>,
) {
  Deno.test({
    name: `NAT: ${name}`,
    ignore: lacking !== undefined && !FULL,
    async fn() {
      await using secrets = await TempDir.make();
      await using homes = await TwoHomes.make(nats);
      await using _ = await Coturn.start(TwoHomes.servers, {
        port: 3_478,
        under: homes.internet,
        more: [...(turn ? [] : ["--stun-only"]), ...coturn],
      });
      const credentials = await secrets.put("credentials", Coturn.credentials);
      await using setup = await Setup.make({
        share: "tests/media",
        listen: `${FIRST}:8090`,
        relayThrough: homes.internet,
        boxThrough: homes.box,
        relay: turn ? ["--ice-server", `turn:${FIRST}`, "--ice-credentials-file", credentials] : STUN,
        // One that was not reached is not to keep the place of the next.
        serve: ["--max-sessions", "1"],
      });
      await setup.startRelay();
      await setup.startBox();
      await using browser = await Browser.start({ through: homes.viewer });
      const { page } = await browser.open(setup.link({ path: "Test card.mp4" }));
      await run({ homes, page });
    },
  });
}

/** The film plays, and the badge tells of such a route. */
async function plays(page: Page, route: string): Promise<void> {
  await page.waitForFunction(
    () => (document.querySelector("video")?.currentTime ?? 0) > 0.5,
    undefined,
    { timeout: LONG_MS },
  );
  await page.waitForFunction(
    (route) => document.querySelector(".badge")?.textContent?.startsWith(route),
    route,
  );
  assert.equal(await page.locator(".problem").count(), 0);
}

interface Told {
  /** What to do. */
  readonly steps: string;
  readonly command: string | undefined;
  readonly seen: readonly string[];
}

/** The page says that the box was not reached, though both sides have knocked. */
async function tellsOfNoWay(page: Page): Promise<Told> {
  await page.getByRole("heading", { name: "The box could not be reached" }).waitFor({ timeout: LONG_MS });
  const problem = page.locator("#notice .problem");
  assert.match(await problem.textContent() ?? "", /let nothing through to each other/);
  const seen = await problem.locator(".seen li").allTextContents();
  assert.ok(seen.some((line) => /^Checks: [1-9]\d* sent, 0 answered, 0 came/.test(line)), seen.join(" "));
  const [command] = await problem.locator(".command").allTextContents();
  return { steps: (await problem.locator(".steps li").allTextContents()).join("\n"), command, seen };
}

const SEVERAL_PORTS = "Two of them saw this browser at different ports of one address.";

test("through what routers at home do there is a direct way", {
  nats: { box: RESTRICTED, viewer: RESTRICTED },
}, ({ page }) => plays(page, "Direct"));

test("a viewer behind a symmetric one reaches a box whose router lets anybody in", {
  nats: { box: OPEN, viewer: SYMMETRIC },
}, ({ page }) => plays(page, "Direct"));

test("a box behind a symmetric one reaches a viewer whose router lets anybody in", {
  nats: { box: SYMMETRIC, viewer: OPEN },
}, ({ page }) => plays(page, "Direct"));

test("symmetric on both sides: no way, and it is said why, and what helps", {
  nats: { box: SYMMETRIC, viewer: SYMMETRIC },
}, async ({ page }) => {
  const { steps, command, seen } = await tellsOfNoWay(page);
  assert.match(steps, /^This network gives every conversation another port \(symmetric NAT\)/m);
  assert.match(steps, /A TURN server would pass the film on/);
  assert.match(command ?? "", /--ice-server turn:/);
  assert.ok(seen.includes(SEVERAL_PORTS), seen.join(" "));
});

test("symmetric on both sides: a TURN server passes the film on", {
  nats: { box: SYMMETRIC, viewer: SYMMETRIC },
  turn: true,
}, ({ page }) => plays(page, "Relayed"));

if (FULL) {
  test("symmetric against one that lets in whom it knows: no way, until it lets in anybody", {
    nats: { box: RESTRICTED, viewer: SYMMETRIC },
  }, async ({ homes, page }) => {
    const { steps, seen } = await tellsOfNoWay(page);
    assert.match(steps, /^This network gives every conversation another port \(symmetric NAT\)/m);
    assert.ok(seen.includes(SEVERAL_PORTS), seen.join(" "));
    // The box has its place free again, and the page tries by itself.
    await homes.translate({ box: OPEN, viewer: SYMMETRIC });
    await plays(page, "Direct");
  });

  test("symmetric at the box alone: nothing is said of this network that was not seen", {
    nats: { box: SYMMETRIC, viewer: RESTRICTED },
  }, async ({ homes, page }) => {
    const { steps, command, seen } = await tellsOfNoWay(page);
    assert.match(steps, /at least one of the two networks seems to give every conversation another port/);
    assert.doesNotMatch(steps, /This network gives/);
    assert.match(command ?? "", /--ice-server turn:/);
    assert.ok(!seen.includes(SEVERAL_PORTS), seen.join(" "));
    // A next try that sees more says more.
    await homes.translate({ box: SYMMETRIC, viewer: SYMMETRIC });
    await page.getByText(/^This network gives every conversation another port/).waitFor({ timeout: LONG_MS });
  });

  test("a TURN server that passes nothing on is not asked for once more", {
    nats: { box: SYMMETRIC, viewer: SYMMETRIC },
    turn: true,
    coturn: ["--denied-peer-ip=0.0.0.0-255.255.255.255"],
  }, async ({ page }) => {
    const { steps, command } = await tellsOfNoWay(page);
    assert.match(steps, /it passes nothing on between them/);
    assert.equal(command, undefined);
  });

  const CLOSED: Nat = { ...RESTRICTED, drop: "meta l4proto udp" };

  test("a network of the box that closes UDP is told apart", {
    nats: { box: CLOSED, viewer: RESTRICTED },
  }, async ({ page }) => {
    const { steps, command } = await tellsOfNoWay(page);
    assert.match(steps, /The box's network seems to let no UDP out/);
    assert.match(command ?? "", /--ice-server "turns:/);
  });

  test("a box whose network closes UDP comes to the TURN server over TCP", {
    nats: { box: CLOSED, viewer: RESTRICTED },
    turn: true,
  }, ({ page }) => plays(page, "Relayed"));

  test("a TURN server that the box alone cannot reach is named as that", {
    nats: { box: { ...SYMMETRIC, drop: "th dport 3478" }, viewer: SYMMETRIC },
    turn: true,
  }, async ({ page }) => {
    const { steps, command } = await tellsOfNoWay(page);
    assert.match(steps, /gave this browser an address, but the box has none there/);
    assert.match(command ?? "", /--ice-server "turns:/);
  });

  test("a network of the viewer that closes UDP is told apart", {
    nats: { box: RESTRICTED, viewer: CLOSED },
  }, async ({ page }) => {
    const { steps, command, seen } = await tellsOfNoWay(page);
    assert.match(steps, /This network seems to let no UDP out/);
    assert.match(command ?? "", /--ice-server "turns:/);
    assert.ok(seen.includes("A STUN or TURN server gave no answer."), seen.join(" "));
  });
}
