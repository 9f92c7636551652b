import assert from "node:assert/strict";
import { PlayerError } from "../../../src/player/client/errors.ts";
import { nextCommit } from "../../../src/player/downloads/commit_points.ts";
import type { Download, DownloadWork } from "../../../src/player/downloads/download.ts";
import { DownloadList, MAX_RUNNING } from "../../../src/player/downloads/download_list.ts";

/** Work that ends when it is told to. */
class Work implements DownloadWork {
  readonly name: string;
  readonly isResumable: boolean;
  runs = 0;
  discarded = 0;
  prepared = 0;
  refuses = false;
  end!: (error?: Error) => void;

  constructor(name: string, isResumable = true) {
    this.name = name;
    this.isResumable = isResumable;
  }

  run(_download: Download, signal: AbortSignal): Promise<void> {
    this.runs++;
    return new Promise((resolve, reject) => {
      this.end = (error) => error ? reject(error) : resolve();
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  prepare(): Promise<void> {
    this.prepared++;
    return this.refuses ? Promise.reject(new PlayerError("unauthorised", "No.")) : Promise.resolve();
  }

  discard(): Promise<void> {
    this.discarded++;
    return Promise.resolve();
  }
}

/** Lets what has been settled go on. */
const settled = () => new Promise((resolve) => setTimeout(resolve));
const states = (list: DownloadList) => [...list].map(({ state }) => state);

Deno.test("two run at once, in the order they came, and the next when one ends or is held", async () => {
  const list = new DownloadList();
  const works = ["a", "b", "c", "d"].map((name) => new Work(name));
  const [a, b] = works.map((work) => list.add(work));
  assert.equal(MAX_RUNNING, 2);
  assert.deepEqual(states(list), ["running", "running", "waiting", "waiting"]);
  await settled();
  works[0]!.end();
  await settled();
  assert.equal(a!.state, "done");
  assert.deepEqual(states(list), ["running", "running", "waiting"]);
  b!.pause();
  assert.deepEqual(states(list), ["paused", "running", "running"]);
  await b!.goOn();
  assert.equal(b!.state, "waiting");
});

Deno.test("one that can is broken off by a pause and runs again; one that cannot waits before its next piece", async () => {
  const list = new DownloadList();
  const [can, cannot] = [new Work("can"), new Work("cannot", false)];
  const [first, second] = [list.add(can), list.add(cannot)];
  await settled();
  first.pause();
  second.pause();
  let passed = false;
  const passing = second.pass().then(() => passed = true);
  await settled();
  assert.equal(passed, false);
  await first.goOn();
  await second.goOn();
  await passing;
  await settled();
  assert.deepEqual([can.runs, cannot.runs], [2, 1]);
  assert.deepEqual(states(list), ["running", "running"]);
});

Deno.test("a pause that is ended at once waits for the first run to put its things away", async () => {
  const list = new DownloadList();
  const events: string[] = [];
  let run = 0;
  const download = list.add({
    name: "a",
    isResumable: true,
    async run(_download, signal) {
      const id = ++run;
      events.push(`begin ${id}`);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await settled();
      events.push(`end ${id}`);
      throw signal.reason;
    },
  });
  await settled();
  download.pause();
  await download.goOn();
  assert.equal(download.state, "running");
  await settled();
  await settled();
  assert.deepEqual(events, ["begin 1", "end 1", "begin 2"]);
});

Deno.test("a failure says why, and is tried again where that is possible", async () => {
  const list = new DownloadList();
  const works = [new Work("a"), new Work("b", false)];
  const [a, b] = works.map((work) => list.add(work));
  await settled();
  for (const work of works) work.end(new PlayerError("read-error", "The disk is broken."));
  await settled();
  assert.deepEqual([a!.state, b!.state, a!.message], ["failed", "failed", "The disk is broken."]);
  await a!.goOn();
  await b!.goOn();
  await settled();
  assert.deepEqual([a!.state, b!.state, a!.message], ["running", "failed", undefined]);
});

Deno.test("a full disk is said in words", async () => {
  const list = new DownloadList();
  const work = new Work("a");
  const download = list.add(work);
  await settled();
  work.end(new DOMException("", "QuotaExceededError"));
  await settled();
  assert.match(download.message!, /not enough room/);
});

Deno.test("one that is cancelled ends, leaves the list, and what is there of it is removed", async () => {
  const list = new DownloadList();
  const [held, running] = [new Work("held", false), new Work("running")];
  const [first, second] = [list.add(held), list.add(running)];
  await settled();
  first.pause();
  const passing = assert.rejects(first.pass(), /cancelled/);
  await Promise.all([first.cancel(), second.cancel(), passing]);
  assert.deepEqual([held.discarded, running.discarded], [1, 1]);
  assert.deepEqual(states(list), []);
  assert.ok(first.signal.aborted);
});

Deno.test("one of an earlier visit waits for a click, and for the permission that goes with it", async () => {
  const list = new DownloadList();
  const work = new Work("a");
  const download = list.restore(work, 5, 10);
  assert.deepEqual([download.state, download.received, download.total], ["paused", 5, 10]);
  assert.equal(download.isUnsaved, false);
  work.refuses = true;
  await download.goOn();
  assert.deepEqual([download.state, download.message], ["paused", "No."]);
  work.refuses = false;
  await download.goOn();
  assert.deepEqual([download.state, download.message], ["running", undefined]);
  assert.equal(download.isUnsaved, true);
  await settled();
  assert.equal(work.runs, 1);
});

Deno.test("commits together copy less than twice the file, and a crash costs at most half of it", () => {
  for (const size of [1e8, 1e9, 20e9, 1e12]) {
    let copied = 0;
    let committed = 0;
    for (let next = nextCommit(0); next < size; next = nextCommit(committed)) {
      committed = next;
      copied += committed;
    }
    assert.ok(copied <= 2 * size, `${copied} of ${size}`);
    assert.ok(size - committed <= Math.max(size / 2, 268_435_456));
  }
});
