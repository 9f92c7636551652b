import assert from "node:assert/strict";
import { freePort } from "../support/free_port.ts";
import { Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";
import { parseMetrics } from "./parse_metrics.ts";

const FAULTY = { main: "tests/support/threads/faulty_main.ts", flags: ["--no-check"] };

/** Those who watch over a program. */
class Watch {
  private constructor(readonly base: string) {}

  static async of(program: Program): Promise<Watch> {
    const line = await program.logged(/metrics are served on port \d+/);
    return new Watch(`http://127.0.0.1:${/port (\d+)/.exec(line)![1]}`);
  }

  async metrics(): Promise<Record<string, number>> {
    const response = await fetch(`${this.base}/metrics`);
    const text = await response.text();
    return response.status === 200 ? parseMetrics(text) : {};
  }

  /** Metrics, as soon as they are as they should be; main tells them every 2 s. */
  async until(what: string, fits: (metrics: Record<string, number>) => boolean) {
    let last: Record<string, number> = {};
    const look = async () => {
      do {
        last = await this.metrics();
        if (fits(last)) return last;
        await new Promise((resolve) => setTimeout(resolve, 200));
      } while (!ended);
    };
    let ended = false;
    try {
      return (await within(60_000, what, look()))!;
    } catch (error) {
      throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
    } finally {
      ended = true;
    }
  }

  async ready(): Promise<[status: number, Record<string, boolean>]> {
    const response = await fetch(`${this.base}/readyz`);
    return [response.status, await response.json()];
  }

  async untilReady(ready: boolean): Promise<Record<string, boolean>> {
    const look = async () => {
      for (;;) {
        const [status, state] = await this.ready();
        if ((status === 200) === ready) return state;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    return await within(60_000, `readiness: ${ready}`, look());
  }
}

Deno.test("metrics: sums are what was streamed, and outlive the engine that streamed it", async () => {
  await using dir = await TempDir.make();
  const size = 3_000_000;
  await dir.put("a.bin", patterned(size));
  const args = [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
  await using program = await Program.start([...args, "--engines", "1"], {}, FAULTY);
  const watch = await Watch.of(program);
  const access = await program.access();
  const open = () => Viewer.open({ ...access, stack: STACK_NAMES[0]!, filePath: "a.bin" });

  const { viewer, channel } = await open();
  await channel.bytes(0, size);
  await channel.bytes(1_000, 234);
  const during = await watch.until(
    "the sum of two ranges",
    (metrics) => metrics["unarr_sent_bytes_total"] === size + 234,
  );
  assert.equal(during["unarr_sessions"], 1);
  assert.equal(during["unarr_registered"], 1);
  assert.equal(during["unarr_share_readable"], 1);
  assert.ok(during["process_resident_memory_bytes"]! > 10_000_000);
  for (const thread of ["relay", "agent", "engine 1", "monitor"]) {
    assert.equal(during[`unarr_thread_up{thread="${thread}"}`], 1, thread);
    assert.ok(during[`unarr_thread_event_loop_delay_seconds{thread="${thread}"}`]! >= 0, thread);
  }
  await viewer.close();
  const closed = await watch.until("the end of the session", (metrics) => metrics["unarr_sessions"] === 0);
  assert.equal(closed['unarr_sessions_ended_total{reason="ended"}'], 1);
  assert.equal(closed["unarr_buffered_bytes"], 0);

  await new RelayHttp(access.relay, access.token).createSession({ filePath: "crash.bin" });
  const RESTARTS = 'unarr_thread_restarts_total{thread="engine 1"}';
  await watch.until("the engine's replacement", (metrics) => metrics[RESTARTS] === 1);
  await program.logged(/thread engine 1 runs again/);
  const again = await open();
  await again.channel.bytes(0, 1_000);
  const all = await watch.until(
    "the sum over both engines",
    (metrics) => metrics["unarr_sent_bytes_total"] === size + 1_234,
  );
  assert.equal(all['unarr_sessions_ended_total{reason="ended"}'], 1);
  await again.viewer.close();
});

Deno.test({
  name: "metrics: /readyz follows the relay's and the folder's going and coming, /healthz does not",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using dir = await TempDir.make();
    const keys = await dir.put("keys", "agent-token-of-the-tests");
    await dir.put("media/a.bin", "film");
    const media = `${dir.path}/media`;
    const relayArgs = ["relay", "--listen", `127.0.0.1:${freePort()}`, "--agent-token-file", keys];
    await using relay = await Program.start([...relayArgs, "--metrics", "127.0.0.1:0"]);
    assert.deepEqual(await (await Watch.of(relay)).untilReady(true), {
      ready: true,
      main: true,
      threads: true,
    });
    await using box = Program.spawn([
      `--allow-read=${media}`,
      ...["serve", "--relay", (await relay.access()).relay, "--api-key-file", keys],
      ...["--metrics", "127.0.0.1:0"],
    ]);
    const watch = await Watch.of(box);
    await watch.untilReady(true);
    await Deno.rename(media, `${dir.path}/elsewhere`);
    assert.equal((await watch.untilReady(false))["shareReadable"], false);
    assert.equal((await fetch(`${watch.base}/healthz`)).status, 200);
    await Deno.rename(`${dir.path}/elsewhere`, media);
    await watch.untilReady(true);
  },
});

Deno.test("metrics: an address that is taken is one clear sentence, and one that is none too", async () => {
  await using dir = await TempDir.make();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const serve = (metrics: string) => [
    `--allow-read=${dir.path}`,
    ...["serve", "--listen", "127.0.0.1:0", "--metrics", metrics],
  ];
  const ended = await Program.run(serve(String(port)));
  taken.close();
  assert.equal(ended.code, 1);
  assert.match(
    ended.err,
    new RegExp(`^metrics cannot be served at 127\\.0\\.0\\.1:${port}: it is taken`, "m"),
  );
  const wrong = await Program.run(serve("here"));
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^--metrics takes an address/);
});
