import type { Build, Snapshot } from "../../src/monitoring/snapshot.ts";

export const BUILD: Build = {
  version: "1.2.3",
  commit: 'abc"\\\nd',
  runtime: "deno 0",
  startedAt: 1_700_000_000_500,
};

const LOAD = { sessions: 0, bytesSent: 0, bufferedBytes: 0, delayMs: 0, ended: {} };

export const SNAPSHOT: Snapshot = {
  threads: [
    {
      name: "engine 1",
      lost: false,
      restarts: 0,
      load: { ...LOAD, sessions: 1, bufferedBytes: 1_000, delayMs: 1.5 },
    },
    { name: "engine 2", lost: false, restarts: 2, load: { ...LOAD, sessions: 2, bufferedBytes: 50 } },
    { name: "agent", lost: true, restarts: 1, load: undefined },
  ],
  totals: { bytesSent: Number.MAX_SAFE_INTEGER, ended: { ended: 4, busy: 1 } },
  registered: true,
  shareReadable: false,
  relay: undefined,
  draining: false,
  residentBytes: 1e8,
};
