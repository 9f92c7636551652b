import assert from "node:assert/strict";
import { exposition } from "../../src/monitoring/exposition.ts";
import { BUILD, SNAPSHOT } from "./snapshots.ts";
import { parseMetrics } from "./parse_metrics.ts";

Deno.test("exposition: figures of all threads, summed where they are one program's", () => {
  assert.deepEqual(parseMetrics(exposition(BUILD, SNAPSHOT)), {
    'unarr_build_info{version="1.2.3",commit="abc\\"\\\\\\nd",runtime="deno 0"}': 1,
    unarr_registered: 1,
    unarr_share_readable: 0,
    unarr_sessions: 3,
    'unarr_sessions_ended_total{reason="ended"}': 4,
    'unarr_sessions_ended_total{reason="busy"}': 1,
    unarr_sent_bytes_total: 9_007_199_254_740_991,
    unarr_buffered_bytes: 1_050,
    'unarr_thread_up{thread="engine 1"}': 1,
    'unarr_thread_up{thread="engine 2"}': 1,
    'unarr_thread_up{thread="agent"}': 0,
    'unarr_thread_restarts_total{thread="engine 1"}': 0,
    'unarr_thread_restarts_total{thread="engine 2"}': 2,
    'unarr_thread_restarts_total{thread="agent"}': 1,
    'unarr_thread_event_loop_delay_seconds{thread="engine 1"}': 0.0015,
    'unarr_thread_event_loop_delay_seconds{thread="engine 2"}': 0,
    process_resident_memory_bytes: 1e8,
    process_start_time_seconds: 1_700_000_000.5,
  });
});

Deno.test("exposition: what does not apply is left out", () => {
  const text = exposition(BUILD, {
    ...SNAPSHOT,
    registered: undefined,
    shareReadable: undefined,
    threads: [],
  });
  assert.doesNotMatch(text, /registered|share|thread/);
});
