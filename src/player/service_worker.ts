/// <reference lib="webworker" />
/**
 * Turns the browser's requests for `/media/…` into reads of the page's connection, so that a plain video
 * element, with all it knows about buffering and seeking, plays a file that no server has.
 */
import { parseMediaUrl } from "./media/media_url.ts";
import { answerMedia } from "./media/answer.ts";
import type { StayAwake, WhoAmI, YouAre } from "./media/messages.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => {
  // A page never waits for an old worker of another version.
  event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  const message = event.data as WhoAmI | StayAwake;
  if (message.type !== "who-am-i" || !(event.source instanceof WindowClient)) return;
  const answer: YouAre = { type: "you-are", clientId: event.source.id };
  event.ports[0]?.postMessage(answer);
  // A page that was reloaded past its cache is not controlled; its media requests would not come here.
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  const target = parseMediaUrl(url);
  if (!target) return;
  const { response, finished } = answerMedia(event.request, target, self.clients);
  event.respondWith(response);
  event.waitUntil(finished);
});
