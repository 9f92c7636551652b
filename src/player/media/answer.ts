/// <reference lib="webworker" />
import type { MediaTarget } from "./media_url.ts";
import type { MediaRequest } from "./messages.ts";
import { PagePort } from "./page_port.ts";
import { responseHead, SAFE_HEADERS } from "./response_head.ts";

/** The part of `Clients` that is needed. */
export interface ClientSource {
  get(id: string): Promise<{ postMessage(message: unknown, transfer: Transferable[]): void } | undefined>;
}

/**
 * The answer to one request for a file.
 *
 * @returns the response, and a promise that resolves when its body has been read or given up
 */
export function answerMedia(
  request: Request,
  target: MediaTarget,
  clients: ClientSource,
): { response: Promise<Response>; finished: Promise<void> } {
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => finish = resolve);
  return { response: answer(request, target, clients, finish), finished };
}

async function answer(
  request: Request,
  target: MediaTarget,
  clients: ClientSource,
  finish: () => void,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    finish();
    return refusal(405, "Only GET and HEAD are answered here.", { allow: "GET, HEAD" });
  }
  const client = await clients.get(target.clientId);
  if (!client) {
    finish();
    return refusal(404, "The page this address belongs to is not open any more.");
  }
  const { port1, port2 } = new MessageChannel();
  const isPageOpen = async () => await clients.get(target.clientId) !== undefined;
  const page = new PagePort(port1, isPageOpen, finish);
  const { path, download, folder } = target;
  const ask: MediaRequest = { type: "media-request", path, download, ...(folder ? { folder } : {}) };
  client.postMessage(ask, [port2]);
  // The browser may lose interest before there is a body it could cancel.
  if (request.signal.aborted) page.cancel();
  else request.signal.addEventListener("abort", () => page.cancel(), { once: true });

  const file = await page.reply();
  if (file.type === "error") {
    // A download is a navigation: 204 leaves the page where it is, and the page says what went wrong.
    return download
      ? new Response(null, { status: 204 })
      : refusal(file.error.type === "not-found" ? 404 : 503, file.error.message);
  }
  if (file.type !== "file") {
    page.cancel();
    return refusal(502, "The page gave an answer that was not expected.");
  }
  const head = responseHead({ range: request.headers.get("range"), ...file, download });
  const { status, headers, start, end } = head;
  if (request.method === "HEAD" || end === start) {
    page.cancel();
    return new Response(null, { status, headers });
  }
  return new Response(page.body(start, end - start), { status, headers });
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(message, {
    status,
    headers: { ...SAFE_HEADERS, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
