import assert from "node:assert/strict";
import plugin, { importFault } from "./rooms.ts";

Deno.test("rooms: imports go downward", () => {
  const allowed = [
    ["/x/src/serve/pump.ts", "../wire/mod.ts"],
    ["/x/src/serve/pump.ts", "./responses.ts"],
    ["/x/src/relay/app.ts", "../signal/envelope.ts"],
    ["/x/src/player/client/mod.ts", "../../wire/mod.ts"],
    ["/x/src/cli.ts", "./serve/agent.ts"],
    ["/x/src/rtc/answerer.ts", "werift"],
    ["/x/src/serve/engine_thread.ts", "../thread/thread.ts"],
    ["/x/src/relay/relay_thread.ts", "../thread/thread.ts"],
  ] as const;
  for (const [file, specifier] of allowed) assert.equal(importFault(file, specifier), undefined);
  const refused = [
    ["/x/src/wire/decode.ts", "../signal/link.ts"],
    ["/x/src/wire/decode.ts", "valibot"],
    ["/x/src/serve/pump.ts", "werift"],
    ["/x/src/rtc/answerer.ts", "../wire/mod.ts"],
    ["/x/src/relay/app.ts", "../signal/link.ts"],
    ["/x/src/relay/app.ts", "../serve/agent.ts"],
    ["/x/src/thread/thread.ts", "../serve/sessions.ts"],
    ["/x/src/thread/thread.ts", "../signal/agent_api.ts"],
    ["/x/src/rtc/answerer.ts", "../thread/thread.ts"],
    ["/x/src/player/client/mod.ts", "../../rtc/answerer.ts"],
    ["/x/src/signal/link.ts", "../../tests/support/viewer.ts"],
    ["/x/src/cli.ts", "jsr:@std/cli"],
    ["/x/src/cli.ts", "https://example.com/a.ts"],
  ] as const;
  for (const [file, specifier] of refused) {
    assert.equal(typeof importFault(file, specifier), "string", specifier);
  }
});

Deno.test("rooms: the lint reports what breaks the table", () => {
  const lint = (file: string, source: string) =>
    Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);
  assert.deepEqual(lint("/x/src/wire/a.ts", "Deno.cwd();"), ["rooms/deno"]);
  assert.deepEqual(lint("/x/src/relay/a.ts", "await Deno.readTextFile('/a');"), ["rooms/deno"]);
  assert.deepEqual(lint("/x/src/serve/a.ts", "await Deno.open('/a');"), []);
  assert.deepEqual(lint("/x/src/serve/a.ts", "import 'werift';"), ["rooms/imports"]);
  assert.deepEqual(lint("/x/src/serve/a.ts", "const a = 'b'; await import(a);"), ["rooms/imports"]);
  assert.deepEqual(lint("/x/src/wire/a.ts", "export * from '../rtc/a.ts';"), ["rooms/imports"]);
});
