import assert from "node:assert/strict";
import { Program, residentBytes, TESTED } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const FILES = 100_000;

/** The film is asked for in ranges of this many bytes, one after the other. */
const RANGE = 16 << 20;

/** A film may come to a halt for so long, in milliseconds; a player has more than that in hand. */
const MAX_GAP_MS = 1_000;

/** A figure for people; nothing depends on it. */
function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function ask(channel: FrameChannel, question: Record<string, unknown>): Promise<{
  entries: { name: string; path: string }[];
  cursor: string | null;
  truncated: boolean;
}> {
  const answer = new Promise<string>((resolve) => channel.ontext = resolve);
  channel.send(JSON.stringify(question));
  return JSON.parse(await within(20_000, "an answer", answer));
}

/** Watches a film; knows the longest wait between two of its chunks, in milliseconds. */
class Watching {
  longest = 0;
  readonly #film: Promise<void>;
  #over = false;
  #last = performance.now();

  constructor(channel: FrameChannel) {
    this.#film = this.#watch(channel);
    this.#film.catch(() => {});
  }

  async end(): Promise<void> {
    this.#over = true;
    await within(30_000, "the film", this.#film);
  }

  async #watch(channel: FrameChannel): Promise<void> {
    while (!this.#over) {
      const { status } = await channel.read(0, RANGE, () => {
        const now = performance.now();
        this.longest = Math.max(this.longest, now - this.#last);
        this.#last = now;
      });
      assert.equal(status, 0);
    }
  }
}

Deno.test(`library: a folder of ${FILES} files is listed and searched while a film plays (${TESTED})`, async () => {
  await using dir = await TempDir.make();
  await dir.put("film.bin", new Uint8Array(RANGE).fill(7));
  await Deno.mkdir(`${dir.path}/many`);
  const nameOf = (i: number) => `A film of some length (${String(i).padStart(6, "0")}).mkv`;
  for (let i = 0; i < FILES; i++) Deno.writeTextFileSync(`${dir.path}/many/${nameOf(i)}`, "");
  // One engine, so that all of it happens on the film's thread.
  const args = [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0", "--engines", "1"];
  await using program = await Program.start(args);
  const access = await program.access();
  const film = await Viewer.open({ ...access, stack: STACK_NAMES[0]!, filePath: "film.bin" });
  const { viewer, channel } = await Viewer.start({ ...access, stack: STACK_NAMES[0]! });
  await within(15_000, "open", channel.opened);
  const memory = await residentBytes(program.pid);

  const calm = new Watching(film.channel);
  for (let i = 0; i < 20; i++) await ask(channel, { id: i, op: "list", path: "" });
  await calm.end();

  const watching = new Watching(film.channel);
  const began = performance.now();
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 50; page++) {
    const answer = await ask(channel, { id: page, op: "list", path: "many", cursor });
    assert.ok(answer.entries.length <= 200);
    seen.push(...answer.entries.map(({ name }) => name));
    cursor = answer.cursor;
    assert.ok(cursor !== null, "there is more");
  }
  assert.deepEqual(seen, Array.from({ length: seen.length }, (_, i) => nameOf(i)));
  const listed = performance.now();
  for (let i = 0; i < 5; i++) await ask(channel, { id: i, op: "list", path: "many" });
  const again = performance.now();
  const found = await ask(channel, { id: 1, op: "search", query: "film 099999", limit: 5 });
  // A search has 5 s, which a busy machine may need for less than the whole folder.
  if (!found.truncated) assert.deepEqual(found.entries.map(({ path }) => path), [`many/${nameOf(99_999)}`]);
  // A query that is nothing but words, none of which is there.
  const words = Array.from({ length: 2_000 }, (_, i) => `w${i}`).join(" ");
  assert.deepEqual((await ask(channel, { id: 2, op: "search", query: words })).entries, []);
  const searched = performance.now();
  await watching.end();

  const ms = (from: number, to: number) => `${Math.round(to - from)} ms`;
  report(
    `50 pages in ${ms(began, listed)}, 5 first pages in ${ms(listed, again)}, ` +
      `2 searches in ${ms(again, searched)}${
        found.truncated ? " (truncated)" : ""
      }; longest wait for the film ${watching.longest.toFixed(0)} ms ` +
      `(${calm.longest.toFixed(0)} ms beside a small folder); ` +
      `memory ${(await residentBytes(program.pid) - memory) >> 20} MiB more`,
  );
  assert.ok(watching.longest < MAX_GAP_MS, `${watching.longest} ms without a chunk`);
  await viewer.close();
  await film.viewer.close();
});
