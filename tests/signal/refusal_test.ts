import assert from "node:assert/strict";
import { oneLine, refusalOf } from "../../src/signal/refusal.ts";
import { failureText } from "../../src/signal/failure_text.ts";

const said = (text: string) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return refusalOf({ base: "", status: 400, text, value, retryAfterMs: undefined }).message;
};

Deno.test("refusal: the relay's message is shown, of other text a bit, of a page nothing", () => {
  assert.equal(
    said('{"error":"Another token has registered this agentId."}'),
    "Another token has registered this agentId.",
  );
  assert.equal(said("no such thing\n"), "no such thing");
  assert.equal(said("<html><title>404</title></html>"), "");
  assert.equal(said('{"error":7}'), '{"error":7}');
  assert.equal(said(""), "");
});

Deno.test("refusal: a message is one line of bounded length that a terminal does not obey", () => {
  assert.equal(oneLine("a\r\nb\u001b[31mc\u0007\u009b\u2028d\u202ee\u0000", 100), "a b [31mc d e");
  assert.equal(oneLine("x".repeat(1_000), 20), `${"x".repeat(19)}…`);
  assert.equal(oneLine("film\ud800", 20), "film");
  assert.equal(oneLine("\n".repeat(1_000_000), 20), "");
});

Deno.test("failure: says why, but neither to whom nor from where", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}/secret-path`;
  const cut = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4_096));
    connection.close();
  })();
  const closed = failureText(await fetch(url).catch((error: unknown) => error));
  await cut;
  const unnamed = failureText(
    await fetch("http://no-such-relay.invalid/secret-path").catch((error: unknown) => error),
  );
  const late = failureText(
    await fetch(url, { signal: AbortSignal.timeout(50) }).catch((error: unknown) => error),
  );
  assert.match(closed, /connection closed/);
  assert.match(unnamed, /dns error/);
  assert.equal(late, "no answer in time");
  for (const text of [closed, unnamed]) assert.doesNotMatch(text, /127\.0|secret|:\/\/|\n/);
});
