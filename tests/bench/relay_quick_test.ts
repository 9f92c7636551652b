/** The load tools run, count right, and say what went wrong; how fast anything was is not looked at. */
import assert from "node:assert/strict";
import { parseRelayOptions, RelayUsageError } from "../../bench/relay/options.ts";
import { tableOf } from "../../bench/relay/table.ts";
import { RedisServer } from "../support/redis_server.ts";
import { TempDir } from "../support/temp_dir.ts";
import { runBench } from "./run_bench.ts";
import { FULL } from "../support/extent.ts";

const ignore = !await RedisServer.installed() && !FULL;

const bench = (...args: string[]) => runBench("bench/relay.ts", args, 180_000);

Deno.test({
  name: "bench:relay idle: agents wait at a relay, hear of sessions, and are measured",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await TempDir.make();
    const json = `${dir.path}/report.json`;
    const { code, err } = await bench(
      ...["idle", "--agents=20", "--seconds=2", "--rate=5", "--settle=1", "--drivers=2", `--json=${json}`],
    );
    assert.equal(code, 0, err);
    const { idle } = JSON.parse(await Deno.readTextFile(json));
    assert.deepEqual(idle.sessions, { opened: 10, refused: 0, lost: 0 });
    assert.ok(idle.fullBytes > 1e7 && idle.wakeToSync.p50 > 0 && idle.cores > 0, JSON.stringify(idle));
  },
});

Deno.test({
  name: "bench:relay storm: sessions start while instances are killed, and no message is lost or doubled",
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    await using dir = await TempDir.make();
    const json = `${dir.path}/report.json`;
    const { code, out, err } = await bench(
      ...[
        "storm",
        "--relays=2",
        "--agents=20",
        "--rate=5",
        "--seconds=6",
        "--kill-every=2",
        `--json=${json}`,
      ],
    );
    assert.equal(code, 0, out + err);
    const { storm } = JSON.parse(await Deno.readTextFile(json));
    assert.deepEqual([storm.completed, storm.messages, storm.failures], [30, 240, []]);
    assert.ok(storm.kills >= 1 && storm.relayCpuPerStart === null, JSON.stringify(storm));
    assert.match(out, /^\| offerToAnswer p99 \| \d/m);
  },
});

Deno.test("bench:relay: what is wrong with the command line is one sentence, and 2", async () => {
  for (const args of [["flood"], ["idle", "--agents=many"], ["simulate", "--colour=3"]]) {
    const { code, out, err } = await bench(...args);
    assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1], err);
  }
  assert.throws(() => parseRelayOptions(["--rate=-1"], { rate: 1 }), RelayUsageError);
  assert.throws(() => parseRelayOptions(["--date=never"], { rate: 1 }), RelayUsageError);
  assert.deepEqual(parseRelayOptions(["--rate=2.5", "--date=2026-01-31"], { rate: 1, seconds: 3 }), {
    numbers: { rate: 2.5, seconds: 3 },
    json: undefined,
    date: "2026-01-31",
  });
});

Deno.test("bench:relay: a report is a table, nested figures under their names", () => {
  assert.equal(
    tableOf({ a: 1, b: { c: 0.123456, d: null }, e: [], f: ["x", "y"] }),
    "| | |\n|---|---:|\n| a | 1 |\n| b c | 0.1235 |\n| b d | null |\n| f | x; y |",
  );
});
