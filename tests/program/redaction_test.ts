import assert from "node:assert/strict";
import { keepSecret, redacted } from "../../src/program/redaction.ts";

Deno.test("redaction: a secret that is known is shown nowhere, as text or inside JSON", () => {
  const secret = 'quote"and\\backslash';
  keepSecret(secret);
  assert.equal(redacted(`it was ${secret}, ${secret}.`), "it was [secret], [secret].");
  const line = redacted(JSON.stringify({ message: `it was ${secret}` }));
  assert.equal(line, '{"message":"it was [secret]"}');
});

Deno.test("redaction: of two secrets, one inside the other, nothing is left over", () => {
  keepSecret("inner-secret");
  keepSecret("outer-inner-secret-outer");
  assert.equal(redacted("outer-inner-secret-outer and inner-secret"), "[secret] and [secret]");
});

Deno.test("redaction: what is too short to be told from words stays", () => {
  keepSecret("a");
  keepSecret("");
  assert.equal(redacted("a banana"), "a banana");
});

Deno.test("redaction: secrets of others are known by what stands before them", () => {
  assert.equal(
    redacted("a=ice-ufrag:abcd\\r\\na=ice-pwd:asd88fgpdd777uzjYhagZg\\r\\na=fingerprint"),
    "a=ice-ufrag:abcd\\r\\na=ice-pwd:[secret]\\r\\na=fingerprint",
  );
  assert.equal(redacted("authorization: Bearer abc.def-ghi~jk/l= end"), "authorization: Bearer [secret] end");
  assert.equal(redacted('{"Authorization":"bearer abcdef"}'), '{"Authorization":"bearer [secret]"}');
});
