import assert from "node:assert/strict";
import process from "node:process";
import { cpuTicks, measureUsage, statusBytes } from "../../bench/process_usage.ts";

const linux = Deno.build.os === "linux";

Deno.test("processor time is found behind a process's name, whatever that is", () => {
  const rest = "S 1 2 3 4 5 4194304 11 12 13 14 250 75 16 17 20 0 9 0 100 200 300";
  assert.equal(cpuTicks(`7 (deno) ${rest}`), 325);
  assert.equal(cpuTicks(`7 (a ) R 1 (b)) ${rest}`), 325);
});

Deno.test("memory is given in bytes, by the field's whole name", () => {
  const status = "Name:\tdeno\nVmPeak:\t  999 kB\nVmHWM:\t  120 kB\nVmRSS:\t   80 kB\n";
  assert.equal(statusBytes(status, "VmHWM"), 122_880);
  assert.equal(statusBytes(status, "VmRSS"), 81_920);
  assert.throws(() => statusBytes(status, "HWM"), RangeError);
  assert.throws(() => statusBytes(status, "Name"), RangeError);
});

/** Keeps a core busy until this process has used `seconds` more of processor time. */
function burn(seconds: number): void {
  const { user, system } = process.cpuUsage();
  const until = user + system + seconds * 1e6;
  for (;;) {
    const now = process.cpuUsage();
    if (now.user + now.system >= until) return;
  }
}

Deno.test({
  name: "the processor time of a process is what it says itself",
  ignore: !linux,
  async fn() {
    const before = process.cpuUsage();
    const { result, usage } = await measureUsage(Deno.pid, () => {
      burn(0.3);
      return Promise.resolve("done");
    });
    const { user, system } = process.cpuUsage(before);
    assert.equal(result, "done");
    // A tick each of user and system time at both ends, and what reading takes.
    assert.ok(usage!.cpuSeconds >= 0.28, `${usage!.cpuSeconds} s`);
    assert.ok(usage!.cpuSeconds <= (user + system) / 1e6 + 0.03, `${usage!.cpuSeconds} s`);
  },
});

Deno.test({
  name: "peak memory is that of the time measured, not of the time before",
  ignore: !linux,
  async fn() {
    const size = 256 << 20;
    const { usage: during } = await measureUsage(Deno.pid, () => {
      const block = new Uint8Array(size).fill(1);
      // Gives the memory back at once, not when the collector comes by.
      block.buffer.transfer(0);
      return Promise.resolve();
    });
    const { usage: after } = await measureUsage(Deno.pid, () => Promise.resolve());
    assert.ok(during!.peakBytes >= during!.restingBytes + 0.9 * size, "the block is seen");
    assert.ok(after!.peakBytes <= during!.peakBytes - 0.9 * size, "the block is not seen again");
  },
});

Deno.test({
  name: "each process has its own figures",
  ignore: !linux,
  async fn() {
    await using other = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
    const { usage } = await measureUsage(other.pid, () => {
      burn(0.1);
      return Promise.resolve();
    });
    assert.ok(usage!.cpuSeconds <= 0.03, `${usage!.cpuSeconds} s of a process that waits`);
    assert.ok(usage!.peakBytes > 0 && usage!.peakBytes < 32 << 20, `${usage!.peakBytes} bytes`);
    await other.stdin.close();
  },
});

Deno.test({
  name: "a process that is not there is an error, not nothing used",
  ignore: !linux,
  async fn() {
    const gone = new Deno.Command("true").spawn();
    await gone.status;
    await assert.rejects(measureUsage(gone.pid, () => Promise.resolve()));
  },
});
