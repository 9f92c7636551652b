import assert from "node:assert/strict";
import { largestVideo } from "../../src/serve/largest_video.ts";
import { componentsBelow, isLegalName } from "../../src/serve/path_rules.ts";
import { Share, ShareError } from "../../src/serve/share.ts";
import { within } from "../support/within.ts";

async function tree(): Promise<{ base: string; share: Share; [Symbol.asyncDispose](): Promise<void> }> {
  const base = await Deno.realPath(await Deno.makeTempDir());
  const put = async (path: string, content: string) => {
    await Deno.mkdir(`${base}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${base}/${path}`, content);
  };
  await put("media/films/a.mp4", "film a");
  await put("media/..name.mkv", "hidden");
  await put("media/.secret/b.mp4", "hidden");
  await put("media/a..b.txt", "dots inside");
  await put("media2/x", "beside");
  await put("outside/secret.txt", "outside");
  await Deno.symlink("../media/films/a.mp4", `${base}/media/inside.mp4`);
  await Deno.symlink("inside.mp4", `${base}/media/chain.mp4`);
  await Deno.symlink(`${base}/outside/secret.txt`, `${base}/media/out.txt`);
  await Deno.symlink(`${base}/outside`, `${base}/media/outdir`);
  await Deno.symlink("out.txt", `${base}/media/chain-out.txt`);
  await Deno.symlink(".secret/b.mp4", `${base}/media/to-hidden.mp4`);
  await Deno.symlink("loop", `${base}/media/loop`);
  await new Deno.Command("mkfifo", { args: [`${base}/media/pipe.mp4`] }).output();
  return {
    base,
    share: await Share.of([`${base}/media`]),
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
}

async function content(share: Share, path: string): Promise<string> {
  const file = await within(2_000, path, share.openFile(path));
  try {
    const buffer = new Uint8Array(64);
    return new TextDecoder().decode(buffer.subarray(0, await file.handle.read(buffer) ?? 0));
  } finally {
    file.handle.close();
  }
}

async function refusal(share: Share, path: string): Promise<string> {
  try {
    const file = await within(2_000, path, share.openFile(path));
    file.handle.close();
    return "served";
  } catch (error) {
    assert.ok(error instanceof ShareError, String(error));
    return error.reason;
  }
}

Deno.test("share: files are served by their path inside it, or absolute", async () => {
  await using made = await tree();
  const { share, base } = made;
  assert.equal(await content(share, "films/a.mp4"), "film a");
  assert.equal(await content(share, "films//a.mp4"), "film a");
  assert.equal(await content(share, `${base}/media/films/a.mp4`), "film a");
  assert.equal(await content(share, "a..b.txt"), "dots inside");
});

Deno.test("share: links are followed where they stay inside", async () => {
  await using made = await tree();
  assert.equal(await content(made.share, "inside.mp4"), "film a");
  assert.equal(await content(made.share, "chain.mp4"), "film a");
});

Deno.test("defects 52, 55: nothing else of a share is served, and nothing hangs", async () => {
  await using made = await tree();
  const { share, base } = made;
  const refused: Record<string, string> = {
    "films/missing.mp4": "not-found",
    "films": "path-not-allowed",
    "": "path-not-allowed",
    "films/a.mp4/b": "not-found",
    "/etc/passwd": "path-not-allowed",
    [`${base}/media2/x`]: "path-not-allowed",
    [`${base}/media/../media2/x`]: "path-not-allowed",
    "../media2/x": "path-not-allowed",
    "films/../../media2/x": "path-not-allowed",
    "films/./a.mp4": "path-not-allowed",
    "..name.mkv": "path-not-allowed",
    ".secret/b.mp4": "path-not-allowed",
    "to-hidden.mp4": "path-not-allowed",
    "out.txt": "path-not-allowed",
    "outdir/secret.txt": "path-not-allowed",
    "chain-out.txt": "path-not-allowed",
    "loop": "path-not-allowed",
    "pipe.mp4": "path-not-allowed",
    "films/a.mp4\0.txt": "path-not-allowed",
    "%2e%2e/media2/x": "not-found",
    ["a/".repeat(5_000)]: "path-not-allowed",
  };
  const found: Record<string, string> = {};
  for (const path of Object.keys(refused)) found[path] = await refusal(share, path);
  assert.deepEqual(found, refused);
});

Deno.test("share: what is outside and what is not there outside are refused alike", async () => {
  await using made = await tree();
  const { share, base } = made;
  await Deno.symlink(`${base}/outside/missing.txt`, `${base}/media/nowhere.txt`);
  await Deno.symlink("films/missing.mp4", `${base}/media/nowhere.mp4`);
  for (const path of ["outdir/secret.txt", "outdir/missing.txt", "outdir/a/b", "out.txt", "nowhere.txt"]) {
    assert.equal(await refusal(share, path), "path-not-allowed", path);
  }
  // A link that leads nowhere is no file, wherever nowhere is.
  assert.equal(await refusal(share, "nowhere.mp4"), "path-not-allowed");
  assert.equal(await refusal(share, "films/missing/x.mp4"), "not-found");
});

Deno.test("share: names with control characters are neither shown nor served", async () => {
  await using made = await tree();
  for (const name of ["line\nfeed.txt", "\u001b[2J.txt", "delete\u007f.txt", "next\u0085line.txt"]) {
    await Deno.writeTextFile(`${made.base}/media/${name}`, "control");
    assert.equal(await refusal(made.share, name), "path-not-allowed", JSON.stringify(name));
    assert.equal(isLegalName(name, false), false);
  }
});

Deno.test("share: several folders stand side by side under their names", async () => {
  await using made = await tree();
  const { base } = made;
  await Deno.mkdir(`${base}/other/media`, { recursive: true });
  await Deno.writeTextFile(`${base}/other/media/b.txt`, "b");
  const share = await Share.of([`${base}/media`, `${base}/other/media`]);
  assert.deepEqual(share.roots.map(({ name }) => name), ["media", "media (2)"]);
  assert.equal(await content(share, "media/films/a.mp4"), "film a");
  assert.equal(await content(share, "media (2)/b.txt"), "b");
  assert.equal(await refusal(share, "films/a.mp4"), "not-found");
  for (const path of ["media/../other/media/b.txt", "media (2)/../../media/films/a.mp4", "media", "..", ""]) {
    assert.equal(await refusal(share, path), "path-not-allowed", path);
  }
  assert.equal(await content(share, `${base}/other/media/b.txt`), "b");
});

Deno.test("share: a link from one shared folder to another is inside", async () => {
  await using made = await tree();
  const share = await Share.of([`${made.base}/media`, `${made.base}/outside`]);
  assert.equal(await content(share, "media/out.txt"), "outside");
});

Deno.test("share: a folder that cannot be shared is a sentence", async () => {
  await using made = await tree();
  await assert.rejects(Share.of([`${made.base}/nowhere`]), /does not exist/);
  await assert.rejects(Share.of([`${made.base}/media/films/a.mp4`]), /is not a folder/);
  await assert.rejects(Share.of([]), /no folder/);
});

Deno.test("defect 54: paths are compared by component, and Windows names are told apart", () => {
  assert.deepEqual(componentsBelow("/media", "/media/a/b", false), ["a", "b"]);
  assert.equal(componentsBelow("/media", "/media2/x", false), undefined);
  assert.deepEqual(componentsBelow("/", "/etc", false), ["etc"]);
  assert.deepEqual(componentsBelow("C:\\Media", "c:\\media\\Film.mkv", true), ["Film.mkv"]);
  for (const name of ["con", "NUL.txt", "a:stream", "a.", "a ", "c:", "a\\b", "com1", "a?"]) {
    assert.equal(isLegalName(name, true), false, name);
  }
  for (const name of ["film.mkv", "a b", "console.txt", "ä"]) {
    assert.equal(isLegalName(name, true), true, name);
  }
});

Deno.test("share: a folder stands for its largest video", async () => {
  const base = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${base}/show/sub`, { recursive: true });
    const put = (name: string, size: number) => Deno.writeFile(`${base}/show/${name}`, new Uint8Array(size));
    await put("readme.txt", 9_000);
    await put("clip.mp4", 1_000);
    await put("sub/extra.mp4", 5_000);
    await put("sample.MKV", 8_000);
    await put("sub/same.mkv", 8_000);
    await put(".hidden.mkv", 9_999);
    const share = await Share.of([base]);
    assert.equal(await largestVideo(share, `${base}/show`), `${base}/show/sample.MKV`);
    await Deno.mkdir(`${base}/empty`);
    await Deno.writeFile(`${base}/empty/zero.mkv`, new Uint8Array(0));
    await assert.rejects(
      largestVideo(share, `${base}/empty`),
      (error) => error instanceof ShareError && error.reason === "no-video",
    );
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});
