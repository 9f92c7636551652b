import assert from "node:assert/strict";
import fc from "fast-check";
import { mediaUrl, parseMediaUrl } from "../../src/player/media/media_url.ts";

const parse = (path: string) => parseMediaUrl(new URL(path, "https://box.example"));

Deno.test("a media URL names the page and the path", () => {
  const url = mediaUrl({ clientId: "c1", path: "films/a b?.mp4", download: false });
  assert.equal(url, "/media/c1/films/a%20b%3F.mp4");
  assert.deepEqual(parse(url), { clientId: "c1", path: "films/a b?.mp4", download: false });
});

Deno.test("every path comes back as it was", () => {
  // Dots alone are resolved by the browser; a box never lists names that start with one.
  const name = fc.string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !text.includes("/") && !text.startsWith(".") && text.isWellFormed());
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.boolean(), (parts, download) => {
    const target = { clientId: "0b7c-client", path: parts.join("/"), download };
    assert.deepEqual(parse(mediaUrl(target)), target);
  }));
});

Deno.test("other URLs are left to the network", () => {
  for (const path of ["/", "/page.js", "/media", "/media/", "/media/c1", "/mediaX/c1/a", "/media/c1/%ff"]) {
    assert.equal(parse(path), undefined, path);
  }
});
