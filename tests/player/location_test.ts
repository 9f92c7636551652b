import assert from "node:assert/strict";
import fc from "fast-check";
import { linkScope, placeIn, topName } from "../../src/player/page/link_scope.ts";
import {
  formatLocation,
  homeOf,
  parseLocation,
  pastedLocation,
  placeOf,
} from "../../src/player/page/location.ts";
import { formatGrant, newGrant } from "../../src/trust/grant.ts";

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

const trust = { boxKey: "b-_", grant: "g-_", key: "k-_" };

Deno.test("box, grant and key stay wherever one goes behind a link, in the order that links have", () => {
  const link = "#token=t&agent=box-2&box=b-_&grant=g-_&key=k-_&path=films/a.mp4";
  const location = parseLocation(link);
  assert.deepEqual(location, { token: "t", agent: "box-2", path: "films/a.mp4", isFolder: false, trust });
  assert.equal(formatLocation(location), link);
  const home = "#token=t&agent=box-2&box=b-_&grant=g-_&key=k-_";
  assert.equal(homeOf(location), home);
  assert.equal(homeOf({ ...location, query: "x" }), home);
  assert.equal(formatLocation(placeOf({ ...location, query: "x" }, "films", true)), `${home}&path=films/`);
  assert.equal(formatLocation({ ...location, query: "x" }), `${home}&search=x`);
  for (const other of ["box=c&grant=g-_&key=k-_", "box=b-_", "box=b-_&grant=h&key=k-_", ""]) {
    assert.notEqual(homeOf(parseLocation(`#token=t&agent=box-2&${other}`)), home, other);
  }
});

Deno.test("what of a link's keys is broken stays so, and none of them goes away in silence", () => {
  for (const part of ["box=", "grant=g", "key=k", "box=%20b", "box=b&box=c", "grant=g&key=k"]) {
    const location = parseLocation(`#token=t&${part}`);
    assert.ok(location.trust, part);
    assert.deepEqual(parseLocation(formatLocation(location)), location);
  }
  assert.equal(parseLocation("#token=t&path=box=").trust, undefined);
});

Deno.test("a link may be pasted whole, as a fragment, or as the token alone", () => {
  const token = (text: string) => pastedLocation(text).token;
  assert.equal(token(" http://box:8090/#token=abc "), "abc");
  assert.equal(token("#token=abc&path=x"), "abc");
  assert.equal(token("token=abc"), "abc");
  assert.equal(token("abc"), "abc");
  assert.equal(token(""), "");
  const link = "#token=t&box=b-_&grant=g-_&key=k-_&path=films/";
  assert.equal(formatLocation(pastedLocation(` https://relay.example/${link}\n`)), link);
});

/** A location behind a link with this grant. */
function granted(grant: Parameters<typeof newGrant>[0], place = "") {
  const text = formatGrant(newGrant(grant));
  return parseLocation(`#token=t&box=b&grant=${text}&key=k${place}`);
}

Deno.test("a link that opens a part of the share begins there", () => {
  const folder = granted({ path: "films/Alien", kind: "folder", list: true });
  const scope = linkScope(folder);
  assert.equal(topName(scope), "Alien");
  assert.deepEqual(placeIn(scope, folder), { ...folder, path: "films/Alien", isFolder: true });
  const deeper = { ...folder, path: "films/Alien/a.mkv", isFolder: false };
  assert.equal(placeIn(scope, deeper).path, "films/Alien/a.mkv");
  assert.equal(placeIn(scope, { ...folder, query: "x" }).query, "x");

  const file = granted({ path: "films/a.mp4", kind: "file", list: false }, "&search=x");
  const place = placeIn(linkScope(file), file);
  assert.deepEqual([place.path, place.isFolder, place.query], ["films/a.mp4", false, undefined]);

  const whole = parseLocation("#token=t&box=b");
  assert.equal(topName(linkScope(whole)), "All files");
  assert.deepEqual(placeIn(linkScope(whole), whole), whole);
  // What cannot be read is refused when it connects.
  assert.equal(linkScope(parseLocation("#token=t&box=b&grant=*&key=k")).path, "");
});
