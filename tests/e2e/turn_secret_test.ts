/** Credentials that expire, against a real coturn that shares the secret. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { tryAllocation } from "../../src/doctor/stun/allocation.ts";
import { StunSocket } from "../../src/doctor/stun/stun_socket.ts";
import { turnCredentials } from "../../src/relay/turn_credentials.ts";
import { system } from "../commands/shell.ts";
import { Coturn } from "../support/coturn.ts";
import { examined } from "../doctor/support.ts";
import { Setup, TOKEN } from "../player/support/setup.ts";
import { TwoNetworks } from "../player/support/two_networks.ts";
import { Box } from "../support/box.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { FULL } from "../support/extent.ts";

const installed = await Coturn.installed();
const missing = installed ? "" : " (coturn is missing)";
const ignore = !installed && !FULL;
const lacking = installed ? await TwoNetworks.lacks() : "are left out with coturn";
if (lacking !== undefined && installed) {
  await Deno.stderr.write(new TextEncoder().encode(`The tests of films through TURN alone: ${lacking}.\n`));
}

const SECRET = "a-secret-that-coturn-shares";

Deno.test({
  name: `TURN secret: coturn takes what is made of it, until it expires${missing}`,
  ignore,
  async fn() {
    await using server = await Coturn.start(["127.0.0.1"], { secret: SECRET });
    const turn = { urls: [], secret: SECRET, ttl: 600 };
    const ask = async (service: typeof turn, now: number, change = (credential: string) => credential) => {
      const { username, credential } = turnCredentials(service, "s1", now);
      const line = new StunSocket().line({ hostname: "127.0.0.1", port: server.port });
      const { type } = await tryAllocation(line, username, change(credential)).finally(() => line.close());
      return type;
    };
    const now = Date.now();
    assert.equal(await ask(turn, now), "allocated");
    // Made 20 minutes ago, to be good for 10.
    assert.equal(await ask(turn, now - 1_200_000), "unauthenticated");
    assert.equal(await ask({ ...turn, secret: "another-secret-than-coturns" }, now), "unauthenticated");
    assert.equal(await ask(turn, now, (credential) => `A${credential.slice(1)}`), "unauthenticated");
    // Nobody lengthens the life of a credential by a later username.
    const { credential } = turnCredentials(turn, "s1", now);
    assert.equal(await ask({ ...turn, ttl: 6_000 }, now, () => credential), "unauthenticated");
  },
});

Deno.test({
  name: `TURN secret: doctor asks with such credentials${missing}`,
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await using server = await Coturn.start(["127.0.0.1"], { secret: SECRET });
    const urls = ["udp", "tcp"].map((transport) => `turn:127.0.0.1:${server.port}?transport=${transport}`);
    const finding = async (secret: string) => {
      const file = await dir.put("turn-secret", secret);
      const options = [...urls.flatMap((url) => ["--ice-server", url]), "--turn-secret-file", file];
      const seen = await examined(dir.path, options);
      assert.ok(!seen.said.includes(secret));
      return urls.map((url) => seen.of("Server", url));
    };
    assert.deepEqual(await finding(SECRET), urls.map(() => "good: ready to pass bytes on"));
    assert.deepEqual(
      await finding("another-secret-than-coturns"),
      urls.map(() => "bad: refused the user name or the password"),
    );
  },
});

Deno.test({
  name: `TURN secret: the relay hands the box credentials with its session${missing}`,
  ignore,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("a.bin", patterned(1 << 20));
    await using server = await Coturn.start(["127.0.0.1"], { secret: SECRET });
    const turn = { urls: [`turn:127.0.0.1:${server.port}`], secret: SECRET, ttl: 600 };
    // No way but the relayed one, and a viewer that asks no server.
    await using box = await Box.start(dir.path, { addresses: [] }, { turn });
    const { viewer, channel } = await Viewer.open({ ...box.access, stack: "libwebrtc", filePath: "a.bin" });
    const candidates = viewer.remoteCandidates.filter((candidate) => candidate !== "");
    assert.ok(candidates.length > 0 && candidates.every((candidate) => / typ relay /.test(candidate)));
    assert.equal((await channel.read(0, 0)).bytes, 1 << 20);
    await viewer.close();
  },
});

/** Who of the two reads the secret: the relay, which hands credentials to the box, or the box itself as well. */
for (const who of ["relay", "box"] as const) {
  Deno.test({
    name: `TURN secret of the ${who}: a film through coturn only plays`,
    ignore: lacking !== undefined && !FULL,
    async fn() {
      await using dir = await TempDir.make();
      await using secrets = await TempDir.make();
      const film = patterned(3 << 20);
      await dir.put("film.bin", film);
      await using networks = await TwoNetworks.make();
      // No packet goes from one side to the other but what coturn passes on.
      await networks.drop("ip daddr 10.78.0.0/16");
      await using _ = await Coturn.start([TwoNetworks.router], {
        port: 3_478,
        under: networks.router,
        secret: SECRET,
      });
      const options = [
        ...["--ice-server", `turn:${TwoNetworks.router}:3478`],
        ...["--turn-secret-file", await secrets.put("turn-secret", SECRET)],
      ];
      await using setup = await Setup.make({
        share: dir.path,
        listen: `${TwoNetworks.router}:8090`,
        relayThrough: networks.router,
        boxThrough: networks.box,
        // A viewer that is handed nothing reaches the box at the box's relayed address all the same: coturn is
        // where both can send.
        [who === "relay" ? "relay" : "serve"]: options,
      });
      await setup.startRelay();
      await setup.startBox();
      const [command, ...words] = networks.viewer;
      const script = new URL("../support/play_by_client.ts", import.meta.url).pathname;
      const said = await system(command, [
        ...[...words, Deno.execPath(), "run", "--no-check", "--allow-all", script],
        ...[setup.origin, TOKEN, "film.bin"],
      ]);
      assert.equal(said?.code, 0, said?.err);
      const digest = createHash("sha256").update(film).digest("hex");
      assert.equal(said?.out.trim().split("\n").at(-1), `${digest} relayed`);
    },
  });
}
