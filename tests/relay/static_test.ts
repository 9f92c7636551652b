/** The player's files, as given in memory. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Asset } from "../../src/relay/app.ts";
import { assertError, TestRelay } from "./support.ts";

function asset(text: string, type: string): Asset {
  return { body: new TextEncoder().encode(text), type };
}

const ASSETS = new Map([
  ["/", asset("<!doctype html>", "text/html; charset=utf-8")],
  ["/page.js", asset("1", "text/javascript")],
  ["/sw.js", asset("2", "text/javascript")],
]);

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
  "media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
  "trusted-types unarr default";

Deno.test("a file is served without a token, with strict headers", async () => {
  await using relay = new TestRelay({ assets: ASSETS });
  const { status, headers, body } = await relay.call(undefined, "GET", "/");
  assert.equal(status, 200);
  assert.equal(body, "<!doctype html>");
  assert.equal(headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.equal(headers.get("Cache-Control"), "no-cache");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  assert.equal(headers.get("Referrer-Policy"), "no-referrer");
  assert.equal(headers.get("Content-Security-Policy"), POLICY);
  assert.equal(headers.get("Access-Control-Allow-Origin"), null);
  assert.equal(headers.get("Service-Worker-Allowed"), null);
});

Deno.test("the service worker may have the whole site as its scope", async () => {
  await using relay = new TestRelay({ assets: ASSETS });
  const { headers } = await relay.call(undefined, "GET", "/sw.js");
  assert.equal(headers.get("Service-Worker-Allowed"), "/");
});

Deno.test("a file that the browser has is not sent again", async () => {
  await using relay = new TestRelay({ assets: ASSETS });
  const etag = (await relay.call(undefined, "GET", "/page.js")).headers.get("ETag") ?? "";
  assert.match(etag, /^"[\w-]{27}"$/);
  assert.notEqual(etag, (await relay.call(undefined, "GET", "/sw.js")).headers.get("ETag"));
  const rows = [[etag, 304], [`"x", W/${etag}`, 304], ["*", 304], ['"x"', 200], ["", 200]] as const;
  for (const [tags, status] of rows) {
    const response = await fetch(`${relay.url}/page.js`, { headers: { "If-None-Match": tags } });
    await response.body?.cancel();
    assert.equal(response.status, status, tags);
    assert.equal(response.headers.get("ETag"), etag);
  }
});

Deno.test("HEAD answers like GET, without the body", async () => {
  await using relay = new TestRelay({ assets: ASSETS });
  const { status, headers, body } = await relay.call(undefined, "HEAD", "/page.js");
  assert.deepEqual({ status, body }, { status: 200, body: "" });
  assert.ok(headers.get("ETag"));
});

Deno.test("what is not in the map is not found, however it is written", async () => {
  await using relay = new TestRelay({ assets: ASSETS });
  for (const path of ["/index.html", "/page.js/", "//page.js", "/..%2fpage.js", "/toString"]) {
    assertError(await relay.call(undefined, "GET", path), 404, "no-such-call");
  }
});

Deno.test("without a player the page says so in plain text", async () => {
  await using relay = new TestRelay();
  const { status, headers, body } = await relay.call(undefined, "GET", "/");
  assert.equal(status, 404);
  assert.match(headers.get("Content-Type") ?? "", /^text\/plain/);
  assert.match(body, /not built/);
  assertError(await relay.call(undefined, "GET", "/page.js"), 404, "no-such-call");
});

Deno.test("a compressed file is sent as it is to who takes it, and plain to who does not", async () => {
  const text = "a script ".repeat(1_000);
  const body = gzipSync(text);
  await using relay = new TestRelay({
    assets: new Map([["/page.js", { body, type: "text/javascript", encoding: "gzip" as const }]]),
  });
  const url = `${relay.url}/page.js`;
  const rows = [["gzip", "gzip"], ["br, GZIP;q=0.5", "gzip"], ["identity", null], [
    "gzip;q=0",
    null,
  ]] as const;
  for (const [accepted, encoding] of rows) {
    const response = await fetch(url, { headers: { "Accept-Encoding": accepted } });
    const { headers } = response;
    // fetch decompresses, and takes the header away where it did.
    assert.equal(await response.text(), text, accepted);
    assert.equal(headers.get("Vary"), "Accept-Encoding");
    const [, tag] = /^W\/("[\w-]{27}")$/.exec(headers.get("ETag") ?? "")!;
    const again = await fetch(url, { headers: { "If-None-Match": `W/${tag}`, "Accept-Encoding": accepted } });
    await again.body?.cancel();
    assert.equal(again.status, 304);
    const length = await bytesOnTheWire(relay.url, accepted);
    assert.equal(length < text.length, encoding === "gzip", `${accepted}: ${length} bytes`);
  }
});

/** How long an answer is as it is sent. */
async function bytesOnTheWire(base: string, accepted: string): Promise<number> {
  const { hostname, port } = new URL(base);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /page.js HTTP/1.1",
    `Host: ${hostname}`,
    `Accept-Encoding: ${accepted}`,
    "Connection: close",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  let length = 0;
  for await (const bytes of connection.readable) length += bytes.byteLength;
  return length;
}
