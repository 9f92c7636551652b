import assert from "node:assert/strict";
import { PlayerError } from "../../src/player/client/mod.ts";
import { Listing, Listings, MAX_ENTRIES } from "../../src/player/page/listing.ts";
import type { ListPage } from "../../src/signal/library_entries.ts";

/** A box whose folders hold `count` files, in pages of 200. */
class Pages {
  /** Cursors that were asked for. */
  readonly asked: (string | null)[] = [];
  /** The answer to this ask, by number, fails. */
  failing = -1;
  failure: Error = new Error("lost");

  constructor(readonly count: number) {}

  list(_: string, cursor: string | null = null, signal?: AbortSignal): Promise<ListPage> {
    signal?.throwIfAborted();
    if (this.asked.push(cursor) - 1 === this.failing) return Promise.reject(this.failure);
    const from = Number(cursor ?? 0);
    const to = Math.min(from + 200, this.count);
    const entries = Array.from({ length: to - from }, (_, i) => ({
      name: `${from + i}.mkv`,
      kind: "file" as const,
      size: 0,
      modified: 0,
    }));
    return Promise.resolve({ entries, cursor: to < this.count ? String(to) : null });
  }
}

const FOREVER = new AbortController().signal;

Deno.test("listing: tells of the first page at once and of the end, and has all by name", async () => {
  const pages = new Pages(1_050);
  const listing = new Listing(pages, "films");
  const told: number[] = [];
  await listing.load(FOREVER, () => told.push(listing.entries.length));
  assert.equal(told[0], 200);
  assert.equal(told.at(-1), 1_050);
  assert.ok(listing.complete);
  assert.deepEqual(listing.entries.slice(0, 2).map(({ path }) => path), ["films/0.mkv", "films/1.mkv"]);
  assert.equal(listing.entries[1_049]!.name, "1049.mkv");
});

Deno.test("listing: goes on where it was broken off, and a complete one asks nothing for a while", async () => {
  const pages = new Pages(600);
  pages.failing = 1;
  const listing = new Listing(pages, "");
  await assert.rejects(listing.load(FOREVER, () => {}), /lost/);
  assert.equal(listing.entries.length, 200);
  await listing.load(FOREVER, () => {});
  await listing.load(FOREVER, () => assert.fail("there is nothing new"));
  assert.deepEqual(pages.asked, [null, "200", "200", "400"]);
  assert.equal(new Set(listing.entries.map(({ path }) => path)).size, 600);
});

Deno.test("listing: of a folder that is gone nothing is known any more, and all of it when it is back", async () => {
  const pages = new Pages(600);
  pages.failing = 2;
  pages.failure = new PlayerError("not-found", "Gone.");
  const listing = new Listing(pages, "");
  await assert.rejects(listing.load(FOREVER, () => {}), /Gone/);
  assert.equal(listing.entries.length, 0);
  assert.ok(!listing.complete);
  await listing.load(FOREVER, () => {});
  assert.equal(listing.entries.length, 600);
  assert.deepEqual(pages.asked, [null, "200", "400", null, "200", "400"]);
});

Deno.test("listing: a folder without an end has one", async () => {
  const listing = new Listing(new Pages(Infinity), "");
  await listing.load(FOREVER, () => {});
  assert.ok(listing.complete);
  assert.equal(listing.entries.length, MAX_ENTRIES);
});

Deno.test("listings: the folders that were looked at last are kept", () => {
  const listings = new Listings(new Pages(1));
  const first = listings.get("0");
  for (let i = 1; i < 16; i++) listings.get(String(i));
  assert.equal(listings.get("0"), first);
  for (let i = 16; i < 40; i++) listings.get(String(i));
  assert.notEqual(listings.get("0"), first);
});
