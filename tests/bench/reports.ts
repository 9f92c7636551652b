import type { Report, Sample } from "../../bench/report.ts";

/** A sample that took so long. */
export function sampleOf(milliseconds: number, cpuSeconds: number | null = 0.5): Sample {
  return { milliseconds, cpuSeconds, peakBytes: 100e6, restingBytes: 90e6 };
}

/**
 * A report with three rounds of 10⁶ bytes. In the second one the machine was half as fast; the program took
 * half the time of libdatachannel in each.
 */
export const REPORT: Report = {
  date: "2026-01-31T12:00:00.000Z",
  machine: {
    cpu: 'A & B "Fast" <64>',
    cores: 2,
    memoryBytes: 8e9,
    kernel: "Linux 6.1",
    deno: "2.9.6",
    chromium: null,
    load: 0.04,
  },
  seed: 1,
  rounds: 3,
  bytes: 1e6,
  senders: [{ name: "unarr-stream", setting: "as it is" }, { name: "libdatachannel", setting: "1 MiB" }],
  omitted: { Chromium: "it is not installed" },
  retries: { "werift to libwebrtc": 2 },
  throughput: ["libdatachannel", "libwebrtc"].flatMap((receiver) => [
    { sender: "unarr-stream", receiver, samples: [20, 40, 25].map((ms) => sampleOf(ms)) },
    { sender: "libdatachannel", receiver, samples: [40, 80, 50].map((ms) => sampleOf(ms, null)) },
  ]),
  sessions: {
    receiver: "libdatachannel",
    cells: [1, 4].flatMap((sessions) => [
      { sender: "unarr-stream", sessions, samples: [{ ...sampleOf(40), each: [40] }] },
      { sender: "libdatachannel", sessions, samples: [{ ...sampleOf(20), each: [20] }] },
    ]),
  },
  seek: [{
    sender: "unarr-stream",
    receiver: "libdatachannel",
    rounds: [[1, 2, 3, 4], [2, 4, 6, 8], [1, 1, 1, 50]],
  }],
};
