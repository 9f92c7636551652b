/** Metrics in the text format of Prometheus, version 0.0.4, with names after its conventions. */
import { relayExposition } from "./relay_exposition.ts";
import type { Build, Snapshot } from "./snapshot.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** What Prometheus is told that the answer is. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** All metrics. Counters may miss what a thread did in the seconds before it crashed. */
export function exposition({ version, commit, runtime, startedAt }: Build, snapshot: Snapshot): string {
  const { threads, totals, registered, shareReadable, storeReachable, relay, residentBytes } = snapshot;
  const loads = threads.flatMap(({ load }) => load ?? []);
  const sum = (of: (load: typeof loads[number]) => number) => loads.reduce((all, load) => all + of(load), 0);
  const perThread = (of: (thread: typeof threads[number]) => number | undefined): Sample[] =>
    threads.flatMap((thread) => {
      const value = of(thread);
      return value === undefined ? [] : [[{ thread: thread.name }, value] as const];
    });
  return [
    family("unarr_build_info", "gauge", "What runs.", [[{ version, commit, runtime }, 1]]),
    family("unarr_registered", "gauge", "Whether the relay has this box.", flag(registered)),
    family("unarr_share_readable", "gauge", "Whether all shared folders can be opened.", flag(shareReadable)),
    family("unarr_store_reachable", "gauge", "Whether the shared store answers.", flag(storeReachable)),
    family("unarr_sessions", "gauge", "Sessions that live.", [[{}, sum(({ sessions }) => sessions)]]),
    family(
      "unarr_sessions_ended_total",
      "counter",
      `Sessions that are over, by the reason of their bye; "ended" where the viewer left.`,
      Object.entries(totals.ended).map(([reason, count]) => [{ reason }, count]),
    ),
    family("unarr_sent_bytes_total", "counter", "Bytes of files in ranges that are over.", [
      [{}, totals.bytesSent],
    ]),
    family("unarr_buffered_bytes", "gauge", "Bytes that wait in send buffers of channels.", [
      [{}, sum(({ bufferedBytes }) => bufferedBytes)],
    ]),
    family(
      "unarr_thread_up",
      "gauge",
      "Whether a thread is there; 0 while it is being replaced.",
      perThread(({ lost }) => lost ? 0 : 1),
    ),
    family(
      "unarr_thread_restarts_total",
      "counter",
      "How often a thread was replaced.",
      perThread(({ restarts }) => restarts),
    ),
    family(
      "unarr_thread_event_loop_delay_seconds",
      "gauge",
      "How late a thread did what was due, at its last ping.",
      perThread(({ load }) => load && load.delayMs / 1_000),
    ),
    relay === undefined ? "" : relayExposition(relay),
    family("process_resident_memory_bytes", "gauge", "Resident memory.", [[{}, residentBytes]]),
    family("process_start_time_seconds", "gauge", "When it started, in seconds since 1970.", [
      [{}, startedAt / 1_000],
    ]),
  ].join("");
}

/** One metric; "" where it has no sample. */
function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labelled(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function flag(value: boolean | undefined): Sample[] {
  return value === undefined ? [] : [[{}, value ? 1 : 0]];
}

function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
