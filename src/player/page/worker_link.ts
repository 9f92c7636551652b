/// <reference lib="dom" />
import type { MediaServer } from "../media/media_bridge.ts";
import type { MediaRequest, StayAwake, WhoAmI, YouAre } from "../media/messages.ts";
import { scriptUrl } from "../script_url.ts";

/** How long the service worker may take to start, in milliseconds. */
const START_TIMEOUT_MS = 10_000;

/** Browsers put a service worker to sleep after about 30 s without an event, even while a body is read. */
const AWAKE_INTERVAL_MS = 10_000;

/**
 * Starts the service worker and lets `media` serve what it asks. Never rejects.
 *
 * @returns the page's `Client.id`; undefined where there is no service worker: on a page that came over plain
 *   HTTP from another machine, in some private windows, and where its start fails
 */
export async function startWorker(media: MediaServer): Promise<string | undefined> {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (!globalThis.isSecureContext || container === undefined) return undefined;
  container.onmessage = (event: MessageEvent) => {
    const message = event.data as MediaRequest;
    const port = event.ports[0];
    if (message?.type === "media-request" && port) void media.serve(message, port);
  };
  try {
    await container.register(scriptUrl("/service_worker.js"), { updateViaCache: "none" });
    const { active } = await container.ready;
    if (!active) return undefined;
    const clientId = await withTimeout(askIdentity(active));
    await withTimeout(controlled(container));
    setInterval(() => {
      const message: StayAwake = { type: "stay-awake" };
      if (media.active > 0) container.controller?.postMessage(message);
    }, AWAKE_INTERVAL_MS);
    return clientId;
  } catch {
    return undefined;
  }
}

/** A page cannot know its own `Client.id`, but a message to the worker carries it. */
function askIdentity(worker: ServiceWorker): Promise<string> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<YouAre>) => {
      port1.close();
      resolve(event.data.clientId);
    };
    const question: WhoAmI = { type: "who-am-i" };
    worker.postMessage(question, [port2]);
  });
}

function controlled(container: ServiceWorkerContainer): Promise<void> {
  return new Promise((resolve) => {
    if (container.controller) return resolve();
    container.addEventListener("controllerchange", () => resolve(), { once: true });
  });
}

function withTimeout<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), START_TIMEOUT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
