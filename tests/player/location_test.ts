import assert from "node:assert/strict";
import fc from "fast-check";
import { formatLocation, parseLocation, pastedToken } from "../../src/player/page/location.ts";

const top = { token: "t", path: "", isFolder: true };

Deno.test("the fragment says token, place and box", () => {
  assert.deepEqual(parseLocation("#token=t"), top);
  assert.deepEqual(parseLocation(""), { ...top, token: "" });
  assert.deepEqual(parseLocation("#token=t&path=films/a.mp4"), {
    token: "t",
    path: "films/a.mp4",
    isFolder: false,
  });
  assert.deepEqual(parseLocation("#token=t&path=films/"), { ...top, path: "films" });
  assert.deepEqual(parseLocation("#token=t&agent=box-2&path=//a//b/"), {
    ...top,
    agent: "box-2",
    path: "a/b",
  });
  assert.deepEqual(parseLocation("#token=t&search=a%20b"), { ...top, query: "a b" });
  assert.deepEqual(parseLocation("#bare-token"), { ...top, token: "bare-token" });
});

Deno.test("a location is written so that it is read back the same", () => {
  const text = fc.string({ unit: "grapheme" }).filter((value) => value.isWellFormed());
  const part = text.filter((value) => value !== "" && !value.includes("/"));
  fc.assert(fc.property(text, fc.array(part), fc.boolean(), (token, parts, folder) => {
    const location = { token, path: parts.join("/"), isFolder: folder || parts.length === 0 };
    assert.deepEqual(parseLocation(formatLocation(location)), location);
  }));
  assert.equal(
    formatLocation({ token: "t", path: "a b/c+&.mp4", isFolder: false }),
    "#token=t&path=a%20b/c%2B%26.mp4",
  );
});

Deno.test("a link may be pasted whole, as a fragment, or as the token alone", () => {
  assert.equal(pastedToken(" http://box:8090/#token=abc "), "abc");
  assert.equal(pastedToken("#token=abc&path=x"), "abc");
  assert.equal(pastedToken("token=abc"), "abc");
  assert.equal(pastedToken("abc"), "abc");
  assert.equal(pastedToken(""), "");
});
