/** What the runtime exports by OpenTelemetry, to a collector that takes OTLP over HTTP. */
import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const KEY = "agent-token-of-the-tests";
const AGENT_ID = "11111111-2222-3333-4444-555555555555";

/** Keeps what it is sent. */
class Collector implements AsyncDisposable {
  readonly bodies: { readonly path: string; readonly text: string }[] = [];
  #watchers: (() => void)[] = [];
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    this.bodies.push({ path: new URL(request.url).pathname, text: await request.text() });
    for (const wake of this.#watchers.splice(0)) wake();
    return Response.json({});
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Resolves once what came fits. */
  async until(what: string, fits: () => boolean): Promise<void> {
    const look = async () => {
      while (!fits()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
    };
    await within(60_000, what, look());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

interface Span {
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

function spansOf(bodies: Collector["bodies"]): Span[] {
  return bodies.filter(({ path }) => path === "/v1/traces").flatMap(({ text }) =>
    JSON.parse(text).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
      resource.scopeSpans.flatMap(({ spans }) => spans)
    )
  );
}

Deno.test({
  name: "OpenTelemetry: spans have the route; no token, id, query, payload or address is exported",
  // How the executable is configured is the runtime's matter that made it.
  ignore: Deno.env.has("UNARR_TEST_PROGRAM"),
  async fn() {
    await using dir = await TempDir.make();
    await using collector = new Collector();
    const keys = await dir.put("keys", KEY);
    await using program = await Program.start(
      ["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys],
      {
        // As docs/operation.md has it.
        OTEL_DENO: "true",
        OTEL_TRACES_SAMPLER: "parentbased_always_off",
        OTEL_PROPAGATORS: "none",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_BSP_SCHEDULE_DELAY: "200",
        OTEL_METRIC_EXPORT_INTERVAL: "500",
      },
    );
    const { relay, token } = await program.access();
    const call = async (token: string, method: string, path: string, body?: unknown) => {
      const response = await fetch(relay + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          // A stranger who would have it traced.
          traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return await response.json();
    };
    await call(KEY, "POST", "/api/internal/agent/sync", { agentId: AGENT_ID, lanIp: "192.0.2.77" });
    const { sessionId } = await call(token, "POST", "/api/stream/sessions", { filePath: "secret-film" });
    const offer = { from: "browser", type: "offer", payload: "secret-sdp" };
    await call(token, "POST", `/api/internal/stream/signal/${sessionId}?secret-query=1`, offer);
    const names = () => spansOf(collector.bodies).map(({ name }) => name);
    await collector.until("the spans", () => names().length >= 3);
    assert.deepEqual(names().sort(), [
      "POST /api/internal/agent/sync",
      "POST /api/internal/stream/signal/:sessionId",
      "POST /api/stream/sessions",
    ]);
    for (const { name, attributes } of spansOf(collector.bodies)) {
      const keys = attributes.map(({ key }) => key).sort();
      assert.deepEqual(keys, ["http.request.method", "http.response.status_code", "http.route"], name);
      const route = attributes.find(({ key }) => key === "http.route")!.value.stringValue;
      assert.equal(`POST ${route}`, name);
    }
    await collector.until(
      "the runtime's own metrics",
      () => collector.bodies.some(({ text }) => text.includes("http.server.request.duration")),
    );
    const all = collector.bodies.map(({ text }) => text).join("\n");
    for (
      const secret of [
        KEY,
        token,
        sessionId,
        AGENT_ID,
        "secret-",
        "192.0.2",
        "127.0.0.1",
        "url.full",
        "b7ad6b71",
      ]
    ) {
      assert.ok(!all.includes(secret), `${secret} was exported`);
    }
    assert.ok(!program.log.some((line) => line.includes("whole URLs")));
  },
});

Deno.test({
  name: "OpenTelemetry: without the sampler of the documentation, the log warns of whole URLs",
  ignore: Deno.env.has("UNARR_TEST_PROGRAM"),
  async fn() {
    await using dir = await TempDir.make();
    await using collector = new Collector();
    const keys = await dir.put("keys", KEY);
    await using program = await Program.start(
      ["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys],
      {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    );
    const { relay } = await program.access();
    await (await fetch(`${relay}/healthz`)).body?.cancel();
    await program.logged(/whole URLs.*OTEL_TRACES_SAMPLER/, 30_000);
  },
});
