import assert from "node:assert/strict";
import { relayExposition } from "../../src/monitoring/relay_exposition.ts";
import { measuredStore } from "../../src/relay/measured_store.ts";
import { MemoryStore } from "../../src/relay/memory_store.ts";
import { addSamples, isRelayFigures, metricOf } from "../../src/relay/relay_figures.ts";
import { RelayMetrics } from "../../src/relay/relay_metrics.ts";
import { parseMetrics } from "../monitoring/parse_metrics.ts";
import { AGENT, AGENT_ID, START, TestRelay, until, VIEWER } from "./support.ts";

function metered(metrics = new RelayMetrics(30_000, 100)) {
  const figures = () => parseMetrics(relayExposition(metrics.figures(START)));
  return { metrics, figures };
}

Deno.test("relay metrics: what happens is counted by route, never by id", async () => {
  const { metrics, figures } = metered();
  await using relay = new TestRelay({ metrics, times: { wake: 600_000 }, limits: { sessionBurst: 1 } });
  const id = await relay.session();
  const reader = await relay.events(AGENT, id);
  await relay.post(VIEWER, id, "offer", "v=0");
  await reader.message();
  assert.equal(figures()["unarr_relay_open_event_streams"], 1);
  await relay.post(AGENT, id, "answer", "v=0");
  await reader.close();
  await relay.call(VIEWER, "POST", "/api/stream/sessions", {});
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  await relay.call("stranger", "GET", `/api/internal/stream/signal/${id}/events?after=1`);
  await relay.call(undefined, "GET", "/favicon.ico");
  const wake = relay.call(AGENT, "GET", "/api/internal/agent/wake?x=1");
  // The session's own wake is still latched; the second one is held.
  await wake;
  const held = relay.call(AGENT, "GET", "/api/internal/agent/wake");
  await until(() => figures()["unarr_relay_open_wakes"] === 1);
  await until(() => figures()["unarr_relay_open_event_streams"] === 0);
  relay.service.drain();
  assert.deepEqual((await held).body, { wake: false });
  const all = figures();
  const requests = (labels: string) => all[`unarr_relay_requests_total{${labels}}`];
  const signal = 'route="/api/internal/stream/signal/:sessionId';
  assert.equal(requests('method="POST",route="/api/stream/sessions",status="201"'), 1);
  assert.equal(requests('method="POST",route="/api/stream/sessions",status="429"'), 1);
  assert.equal(requests(`method="GET",${signal}/events",status="200"`), 1);
  assert.equal(requests(`method="GET",${signal}/events",status="401"`), 1);
  assert.equal(requests('method="GET",route="other",status="404"'), 1);
  assert.equal(all['unarr_relay_refusals_total{code="too-many-openings"}'], 1);
  assert.equal(all['unarr_relay_refusals_total{code="unknown-token"}'], 1);
  assert.equal(all["unarr_relay_sessions_opened_total"], 1);
  assert.equal(all["unarr_relay_sessions_deleted_total"], 1);
  assert.equal(all['unarr_relay_messages_in_total{from="viewer"}'], 1);
  assert.equal(all['unarr_relay_messages_in_total{from="agent"}'], 1);
  assert.equal(all['unarr_relay_messages_out_total{to="agent"}'], 1);
  assert.equal(all["unarr_relay_agents_online"], 1);
  assert.equal(all["unarr_relay_open_wakes"], 0);
  assert.equal(all["unarr_relay_draining"], 1);
  for (const secret of [id, AGENT, VIEWER, AGENT_ID, "favicon", "stranger", "x=1", "after"]) {
    assert.ok(!JSON.stringify(all).includes(secret), secret);
  }
});

Deno.test("relay metrics: a client's methods and addresses make no series of their own", async () => {
  const { metrics, figures } = metered();
  await using relay = new TestRelay({ metrics });
  for (let n = 0; n < 50; n++) {
    await relay.call(undefined, `M${n}`, `/path-${n}`);
    await relay.call(VIEWER, "POST", `/api/internal/stream/signal/id-${n}`, {});
  }
  const series = Object.keys(figures()).filter((name) => name.startsWith("unarr_relay_requests_total"));
  assert.equal(series.length, 2, series.join());
});

Deno.test("relay metrics: buckets of a histogram are cumulative and end with the count", () => {
  const metrics = new RelayMetrics(30_000, 100);
  for (const seconds of [0.0005, 0.02, 0.02, 3, 1_000]) {
    metrics.observe("unarr_relay_request_duration_seconds", { route: "/a" }, seconds);
  }
  const { counters } = metrics.figures(START);
  const bucket = (le: string) =>
    counters[`unarr_relay_request_duration_seconds_bucket{route="/a",le="${le}"}`];
  assert.deepEqual(["0.001", "0.01", "0.025", "2.5", "10", "30", "+Inf"].map(bucket), [1, 1, 3, 3, 4, 4, 5]);
  assert.equal(counters['unarr_relay_request_duration_seconds_count{route="/a"}'], 5);
  assert.ok(Math.abs(counters['unarr_relay_request_duration_seconds_sum{route="/a"}']! - 1_003.0405) < 1e-9);
});

Deno.test("relay metrics: agents are online for their time, and no more of them are remembered than fit", () => {
  const metrics = new RelayMetrics(30_000, 3);
  const online = (now: number) => metrics.figures(now).gauges["unarr_relay_agents_online"];
  for (let n = 0; n < 5; n++) metrics.agentSynced(`agent-${n}`, START + n);
  assert.equal(online(START + 10), 3);
  metrics.agentSynced("agent-2", START + 20_000);
  assert.equal(online(START + 30_004), 2);
  assert.equal(online(START + 50_000), 1);
  assert.equal(online(START + 50_001), 0);
});

Deno.test("relay metrics: a store's calls are timed, its failures counted, its waiting is not", async () => {
  const metrics = new RelayMetrics(30_000, 100);
  const broken = new Proxy(new MemoryStore(), {
    get: (target, name) => {
      if (name === "lastViewer") return () => Promise.reject(new Error("the network is down"));
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const store = measuredStore(broken, metrics);
  await store.wake("a1");
  assert.equal(await store.awaitWake("a1", AbortSignal.timeout(10_000)), true);
  await assert.rejects(store.lastViewer(""), /network/);
  const { counters } = metrics.figures(START);
  assert.equal(counters['unarr_relay_store_failures_total{operation="lastViewer"}'], 1);
  assert.equal(counters['unarr_relay_store_duration_seconds_count{operation="wake"}'], 1);
  assert.equal(counters['unarr_relay_store_duration_seconds_count{operation="awaitWake"}'], undefined);
});

Deno.test("relay figures: what another thread says is checked, and sums are by series", () => {
  const metrics = new RelayMetrics(30_000, 100);
  metrics.count("unarr_relay_refusals_total", { code: "a" });
  metrics.observe("unarr_relay_store_duration_seconds", { operation: "wake" }, 1);
  const figures = metrics.figures(START);
  assert.ok(isRelayFigures(structuredClone(figures)));
  assert.equal(addSamples(figures.counters, figures.counters)['unarr_relay_refusals_total{code="a"}'], 2);
  assert.equal(
    metricOf('unarr_relay_store_duration_seconds_bucket{le="1"}'),
    "unarr_relay_store_duration_seconds",
  );
  for (
    const counters of [
      undefined,
      { "unarr_other_total": 1 },
      { "unarr_relay_refusals_total": -1 },
      { "unarr_relay_refusals_total": "1" },
      { 'unarr_relay_refusals_total{code="a\n"}': 1 },
      { [`unarr_relay_refusals_total{code="${"a".repeat(300)}"}`]: 1 },
      Object.fromEntries(
        Array.from({ length: 5_000 }, (_, n) => [`unarr_relay_refusals_total{code="${n}"}`, 1]),
      ),
    ]
  ) assert.ok(!isRelayFigures({ counters, gauges: {} }), JSON.stringify(counters)?.slice(0, 80));
});
