import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { Coturn } from "../support/coturn.ts";
import { HomeNetwork, type RouterRules } from "./home_network.ts";
import { examined } from "./support.ts";

const lacks = await HomeNetwork.lacks() ?? (await Coturn.installed() ? undefined : "coturn is missing");

/** A test with a home network whose router has these rules, and a server with two addresses outside of it. */
function test(
  name: string,
  rules: RouterRules,
  fn: (box: { folder: string; under: readonly string[]; credentials: string }) => Promise<void>,
): void {
  Deno.test({
    name: `doctor, NAT: ${name}${lacks === undefined ? "" : ` (${lacks})`}`,
    ignore: lacks !== undefined,
    fn: async () => {
      await using dir = await TempDir.make();
      const credentials = await dir.put("credentials", Coturn.credentials);
      await using network = await HomeNetwork.make(rules);
      await using _server = await Coturn.start(HomeNetwork.servers, { port: 3_478, under: network.outside });
      await fn({ folder: dir.path, under: network.box, credentials });
    },
  });
}

const [first, second] = HomeNetwork.servers;
const STUN = ["--ice-server", `stun:${first}`];
const TURN = `turn:${first}`;
/** Linux keeps a socket's port where it is free, so that each server sees the same one. */
const EASY = { nat: "masquerade" };
const HARD = { nat: "masquerade fully-random" };

test("a router that only routes", {}, async ({ folder, under }) => {
  const seen = await examined(folder, STUN, { under });
  assert.equal(seen.code, 0, seen.said);
  assert.match(seen.of("NAT"), /^good: open/);
});

test("one mapping for every server, seen by one server's two addresses", EASY, async (box) => {
  const seen = await examined(box.folder, STUN, box);
  assert.equal(seen.code, 0, seen.said);
  assert.match(seen.of("NAT"), /^good: easy NAT/);
});

test("one mapping for every server, seen by two servers", EASY, async (box) => {
  const seen = await examined(box.folder, [...STUN, "--ice-server", `stun:${second}`], box);
  assert.match(seen.of("NAT"), /^good: easy NAT/);
});

test("another mapping for each server, without a TURN server", HARD, async (box) => {
  const seen = await examined(box.folder, STUN, box);
  assert.equal(seen.code, 1);
  assert.match(seen.of("NAT"), /^bad: hard NAT/);
  assert.match(seen.of("UDP"), /^good/);
});

test("another mapping for each server, with a TURN server", HARD, async (box) => {
  const options = ["--ice-server", TURN, "--ice-credentials-file", box.credentials];
  const seen = await examined(box.folder, options, box);
  assert.equal(seen.code, 0, seen.said);
  assert.match(seen.of("NAT"), /^good: hard NAT/);
});

test("a router that lets no UDP through", { ...EASY, drop: "meta l4proto udp" }, async (box) => {
  const options = [...STUN, "--ice-server", TURN, "--ice-credentials-file", box.credentials];
  const seen = await examined(box.folder, options, box);
  assert.equal(seen.code, 1);
  assert.equal(seen.of("UDP"), "bad: nothing comes back");
  assert.equal(seen.of("Server", `stun:${first}`), "bad: does not answer");
  assert.equal(seen.of("Server", TURN), "bad: answers over TCP, but not over UDP");
  const { advice } = seen.checks.find(({ subject }) => subject === TURN)!;
  assert.ok(advice!.includes(`${TURN}?transport=tcp`), advice);
});
