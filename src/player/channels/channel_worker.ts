/// <reference lib="webworker" />
/**
 * Holds the data channels of files, so that what the page is busy with does not hold up a film: bytes go from
 * here to the service worker and to the worker that takes films apart without passing through the page.
 */
import { PersistentFile } from "../client/persistent_file.ts";
import { MediaBridge } from "../media/media_bridge.ts";
import { OpenFiles } from "../media/open_files.ts";
import { ChannelSource } from "./channel_source.ts";
import type { PageOrder, WorkerReport } from "./messages.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Between two reports to the page, in milliseconds. */
const REPORT_INTERVAL_MS = 250;

const source = new ChannelSource(report);
const files = new OpenFiles({
  open: (path) => PersistentFile.open(path, () => Promise.resolve(source)),
});
const bridge = new MediaBridge(files);

/** Transfers that have moved on since the last report. */
const moved = new Set<object>();
const transferIds = new WeakMap<object, number>();
let lastTransferId = 0;
let last = "";

self.addEventListener("message", ({ data, ports }: MessageEvent<PageOrder>) => {
  switch (data.type) {
    case "media-request":
      return void bridge.serve(data, ports[0]!).then(tell);
    case "need":
      return files.need(data.path, data.bytesPerSecond);
    default:
      return source.take(data);
  }
});

bridge.onTransfer = (transfer) => {
  if (!transferIds.has(transfer)) transferIds.set(transfer, ++lastTransferId);
  moved.add(transfer);
  // Its end is news; how far it has come can wait.
  if (transfer.state !== "running") tell();
};

setInterval(tell, REPORT_INTERVAL_MS);
report({ type: "ready" });

function tell(): void {
  for (const transfer of moved) {
    report({ type: "transfer", id: transferIds.get(transfer)!, transfer: transfer as never });
  }
  moved.clear();
  const news = source.news();
  const { active } = bridge;
  const now = JSON.stringify([active, news.expects, news.channels]);
  if (news.received + news.greeted === 0 && now === last) return;
  last = now;
  report({ type: "status", news, active });
}

function report(message: WorkerReport): void {
  self.postMessage(message);
}
