/** Counts what a relay does; nothing here grows with its clients but the table of agents, which has a bound. */
import { type RelayFigures, type RelayMetric, series } from "./relay_figures.ts";

/** Upper bounds of a histogram's buckets, in seconds: a wake is held for up to 28 s, all else takes milliseconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

interface Histogram {
  /** Not cumulative; the last one is for what is above all bounds. */
  readonly counts: number[];
  sum: number;
}

type Labels = Readonly<Record<string, string>>;

export class RelayMetrics {
  openWakes = 0;
  openStreams = 0;
  draining = false;
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, { metric: RelayMetric; labels: Labels; histogram: Histogram }>();
  /** Time of the last sync by agent, in the order of these times. */
  readonly #synced = new Map<string, number>();

  /**
   * @param onlineFor milliseconds for which a sync counts
   * @param maxAgents how many are remembered; the one silent for longest makes room
   */
  constructor(readonly onlineFor: number, readonly maxAgents: number) {}

  count(metric: RelayMetric, labels: Labels = {}): void {
    const name = series(metric, labels);
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + 1);
  }

  observe(metric: RelayMetric, labels: Labels, seconds: number): void {
    const key = series(metric, labels);
    let entry = this.#histograms.get(key);
    if (entry === undefined) {
      entry = { metric, labels, histogram: { counts: Array(BUCKETS.length + 1).fill(0), sum: 0 } };
      this.#histograms.set(key, entry);
    }
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    entry.histogram.counts[at < 0 ? BUCKETS.length : at]! += 1;
    entry.histogram.sum += seconds;
  }

  /** An agent has synced; `now` in milliseconds. */
  agentSynced(agentId: string, now: number): void {
    this.#synced.delete(agentId);
    this.#synced.set(agentId, now);
    this.#forgetSilent(now);
    for (const oldest of this.#synced.keys()) {
      if (this.#synced.size <= this.maxAgents) break;
      this.#synced.delete(oldest);
    }
  }

  figures(now: number): RelayFigures {
    this.#forgetSilent(now);
    const counters: Record<string, number> = Object.fromEntries(this.#counters);
    for (const { metric, labels, histogram } of this.#histograms.values()) {
      let below = 0;
      histogram.counts.forEach((count, i) => {
        below += count;
        counters[series(`${metric}_bucket`, { ...labels, le: String(BUCKETS[i] ?? "+Inf") })] = below;
      });
      counters[series(`${metric}_sum`, labels)] = histogram.sum;
      counters[series(`${metric}_count`, labels)] = below;
    }
    return {
      counters,
      gauges: {
        unarr_relay_agents_online: this.#synced.size,
        unarr_relay_open_wakes: this.openWakes,
        unarr_relay_open_event_streams: this.openStreams,
        unarr_relay_draining: this.draining ? 1 : 0,
      } satisfies Partial<Record<RelayMetric, number>>,
    };
  }

  #forgetSilent(now: number): void {
    for (const [agentId, at] of this.#synced) {
      if (now - at <= this.onlineFor) break;
      this.#synced.delete(agentId);
    }
  }
}
