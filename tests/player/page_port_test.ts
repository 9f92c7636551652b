import assert from "node:assert/strict";
import { once } from "node:events";
import type { WorkerMessage } from "../../src/player/media/messages.ts";
import { PagePort } from "../../src/player/media/page_port.ts";

/** A request's two ends, and what the page was told. */
function pair() {
  const { port1, port2 } = new MessageChannel();
  const told: WorkerMessage[] = [];
  port2.onmessage = ({ data }) => told.push(data);
  let finished = 0;
  const port = new PagePort(port1, () => Promise.resolve(true), () => finished++);
  return { port, page: port2, told, finished: () => finished };
}

/** Resolves when all that was posted to the port before has arrived. */
async function arrived(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const echoed = once(port2, "message");
  port2.start();
  port1.postMessage(0);
  await echoed;
  port1.close();
  port2.close();
}

Deno.test("an answer that is there before it is asked for is not lost", async () => {
  const { port, page, told, finished } = pair();
  page.postMessage({ type: "file", name: "a", size: 3 });
  await arrived();
  assert.deepEqual(await port.reply(), { type: "file", name: "a", size: 3 });
  const reader = port.body(0, 3).getReader();
  page.postMessage({ type: "data", bytes: new Uint8Array([1, 2, 3]).buffer });
  assert.deepEqual((await reader.read()).value, new Uint8Array([1, 2, 3]));
  page.postMessage({ type: "end" });
  assert.equal((await reader.read()).done, true);
  assert.deepEqual(told, [{ type: "read", offset: 0, length: 3 }, { type: "pull" }, { type: "pull" }]);
  assert.equal(finished(), 1);
  page.close();
});

Deno.test("whoever waits is told when the request is cancelled, once", async () => {
  const { port, page, finished } = pair();
  const reply = port.reply();
  port.cancel();
  port.cancel();
  assert.equal((await reply).type, "error");
  assert.equal((await port.reply()).type, "error");
  assert.equal(finished(), 1);
  page.close();
});
