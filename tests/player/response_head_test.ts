import assert from "node:assert/strict";
import { contentType, mediaKind } from "../../src/player/media/content_types.ts";
import { contentDisposition, responseHead } from "../../src/player/media/response_head.ts";

const FILM = { name: "film.mp4", size: 1000, download: false };

Deno.test("a range is answered with exactly that range", () => {
  const head = responseHead({ ...FILM, range: "bytes=100-199" });
  assert.equal(head.status, 206);
  assert.equal(head.headers["content-range"], "bytes 100-199/1000");
  assert.equal(head.headers["content-length"], "100");
  assert.equal(head.headers["accept-ranges"], "bytes");
  assert.equal(head.headers["content-type"], "video/mp4");
  assert.equal(head.headers["cache-control"], "no-store");
  assert.deepEqual([head.start, head.end], [100, 200]);
});

Deno.test("no range is the whole file, with 200", () => {
  const head = responseHead({ ...FILM, range: null });
  assert.equal(head.status, 200);
  assert.equal(head.headers["content-range"], undefined);
  assert.equal(head.headers["content-length"], "1000");
  assert.deepEqual([head.start, head.end], [0, 1000]);
});

Deno.test("a range behind the end is 416, with the size", () => {
  const head = responseHead({ ...FILM, range: "bytes=1000-" });
  assert.equal(head.status, 416);
  assert.equal(head.headers["content-range"], "bytes */1000");
  assert.deepEqual([head.start, head.end], [0, 0]);
});

Deno.test("an empty file is an empty 200", () => {
  const head = responseHead({ ...FILM, size: 0, range: null });
  assert.equal(head.status, 200);
  assert.equal(head.headers["content-length"], "0");
});

Deno.test("a document for the browser's own viewer is that and nothing else, without an origin", () => {
  const { headers } = responseHead({ ...FILM, name: "a.pdf", range: null });
  assert.equal(headers["content-type"], "application/pdf");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["content-security-policy"], "default-src 'none'; sandbox");
});

Deno.test("nothing in a file can act in the page's name", () => {
  for (
    const name of [
      "a.html",
      "a.htm",
      "a.svg",
      "a.xml",
      "a.js",
      "a.xhtml",
      "a",
      ".html",
      "a.constructor",
    ]
  ) {
    const { headers } = responseHead({ ...FILM, name, range: null });
    assert.equal(headers["content-type"], "application/octet-stream", name);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(headers["content-security-policy"]!, /sandbox/);
  }
});

Deno.test("types and kinds go by the extension, in any case", () => {
  assert.equal(contentType("A.B.WebM"), "video/webm");
  assert.equal(contentType("a.mkv"), "video/x-matroska");
  assert.equal(mediaKind("a.flac"), "audio");
  assert.equal(mediaKind("a.JPG"), "image");
  assert.equal(mediaKind("a.srt"), "other");
});

Deno.test("a download has its name in UTF-8, and one in ASCII for old programs", () => {
  assert.equal(responseHead({ ...FILM, range: null }).headers["content-disposition"], undefined);
  assert.equal(
    responseHead({ ...FILM, download: true, range: null }).headers["content-disposition"],
    `attachment; filename="film.mp4"; filename*=UTF-8''film.mp4`,
  );
  assert.equal(
    contentDisposition(`Amélie "1" – 映画's (x)*.mkv`),
    `attachment; filename="Am_lie _1_ _ __'s (x)*.mkv"; ` +
      `filename*=UTF-8''Am%C3%A9lie%20%221%22%20%E2%80%93%20%E6%98%A0%E7%94%BB%27s%20%28x%29%2A.mkv`,
  );
  assert.doesNotThrow(() => new Headers({ "content-disposition": contentDisposition("a\r\nb\ud800.mp4") }));
});
