/// <reference lib="dom" />
import type { PersistentSession } from "../../client/mod.ts";

/** `navigator.connection`, which not every browser has (Network Information API). */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/** Wakes `session` when this device, its network or this tab has come back or changed. */
export function wakeOnReturn(session: PersistentSession): void {
  const wake = () => session.wake();
  globalThis.addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
  // A tab that was frozen (Page Lifecycle API).
  document.addEventListener("resume", wake);
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  // It also changes with every estimate of the speed; only another kind of network is news.
  let type = connection?.type;
  connection?.addEventListener("change", () => {
    if (connection.type === type && type !== undefined) return;
    type = connection.type;
    wake();
  });
  globalThis.addEventListener("pagehide", () => session.close());
  globalThis.addEventListener("pageshow", (event) => {
    if (event.persisted) session.retry();
  });
}
