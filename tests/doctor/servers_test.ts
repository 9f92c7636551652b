import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { Coturn } from "../support/coturn.ts";
import { examined, selfSigned } from "./support.ts";
import { FULL } from "../support/extent.ts";

const installed = await Coturn.installed();
const missing = installed ? "" : " (coturn is missing)";
const ignore = !installed && !FULL;

Deno.test({
  name: `doctor: a STUN server answers, and a TURN server gives an address over UDP and TCP${missing}`,
  ignore,
  fn: async () => {
    await using dir = await TempDir.make();
    const credentials = await dir.put("credentials", Coturn.credentials);
    await using server = await Coturn.start(["127.0.0.1"]);
    const at = `127.0.0.1:${server.port}`;
    const urls = [`stun:${at}`, `turn:${at}`, `turn:${at}?transport=udp`, `turn:${at}?transport=tcp`];
    const options = urls.flatMap((url) => ["--ice-server", url]);
    const seen = await examined(dir.path, [...options, "--ice-credentials-file", credentials]);
    assert.equal(seen.code, 0, seen.said);
    assert.deepEqual(urls.map((url) => seen.of("Server", url)), [
      "good: answers",
      ...Array.from({ length: 3 }, () => "good: ready to pass bytes on"),
    ]);
    assert.match(seen.of("UDP"), /^good/);
    assert.match(seen.of("NAT"), /^good: open/);
  },
});

Deno.test({
  name: `doctor: wrong credentials are told from a server that is not there${missing}`,
  ignore,
  fn: async () => {
    await using dir = await TempDir.make();
    const credentials = await dir.put("credentials", "viewer:another-credential");
    const closed = await (async () => {
      await using server = await Coturn.start(["127.0.0.1"]);
      return `turn:127.0.0.1:${server.port}`;
    })();
    await using server = await Coturn.start(["127.0.0.1"]);
    const at = `127.0.0.1:${server.port}`;
    const urls = [`turn:${at}`, `turn:${at}?transport=tcp`, closed, `${closed}?transport=tcp`];
    const options = urls.flatMap((url) => ["--ice-server", url]);
    const seen = await examined(dir.path, [...options, "--ice-credentials-file", credentials]);
    assert.equal(seen.code, 1);
    assert.deepEqual(urls.map((url) => seen.of("Server", url)), [
      "bad: refused the user name or the password",
      "bad: refused the user name or the password",
      "bad: does not answer",
      "bad: nothing listens there",
    ]);
    assert.ok(!seen.said.includes("another-credential"));
  },
});

Deno.test({
  name: `doctor: a TURN server over TLS whose certificate nobody vouches for${missing}`,
  ignore,
  fn: async () => {
    await using dir = await TempDir.make();
    const { cert, key } = await selfSigned(dir);
    const credentials = await dir.put("credentials", Coturn.credentials);
    await using server = await Coturn.start(["127.0.0.1"], { more: [`--cert=${cert}`, `--pkey=${key}`] });
    // coturn takes TLS on the port of TCP too.
    const url = `turns:localhost:${server.port}`;
    const options = ["--ice-server", url, "--ice-credentials-file", credentials];
    const seen = await examined(dir.path, options);
    assert.equal(seen.of("Server", url), "bad: its certificate is not to be trusted");
    assert.match(seen.of("NAT"), /^none/);
  },
});

Deno.test("doctor: a STUN server that never answers", async () => {
  await using dir = await TempDir.make();
  const silent = Deno.listenDatagram({ hostname: "127.0.0.1", port: 0, transport: "udp" });
  const url = `stun:127.0.0.1:${(silent.addr as Deno.NetAddr).port}`;
  const seen = await examined(dir.path, ["--ice-server", url]);
  silent.close();
  assert.equal(seen.code, 1);
  assert.equal(seen.of("Server", url), "bad: does not answer");
  assert.equal(seen.of("UDP"), "bad: nothing comes back");
  assert.equal(seen.of("NAT"), "none: nobody answered who could tell");
});
