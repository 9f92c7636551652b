import type { PlainError } from "../client/plain_error.ts";

/**
 * What page and service worker say to each other. Each request of the browser has a MessagePort of its
 * own, and all that is known about it lives with that port: the service worker keeps nothing in between.
 */

/** Page to worker, over `ServiceWorker.postMessage`, with a port for the answer. */
export interface WhoAmI {
  readonly type: "who-am-i";
}

/** Worker to page, over that port: the page's own `Client.id`. */
export interface YouAre {
  readonly type: "you-are";
  readonly clientId: string;
}

/** Page to worker: a request is in progress, stay awake. */
export interface StayAwake {
  readonly type: "stay-awake";
}

/** Worker to page, over `Client.postMessage`, with the request's port. */
export interface MediaRequest {
  readonly type: "media-request";
  readonly path: string;
  readonly download: boolean;
  /** To be saved, and a folder: as one archive. */
  readonly folder?: true;
}

/** Worker to page, over the request's port. */
export type WorkerMessage =
  /** After `file`: these bytes are wanted. */
  | { readonly type: "read"; readonly offset: number; readonly length: number }
  /** The next piece. One answer to each. */
  | { readonly type: "pull" }
  /** Nothing more is wanted. */
  | { readonly type: "cancel" };

/** Page to worker, over the request's port. */
export type PageMessage =
  /** First: the file is open. `size` is `Infinity` where it is not known. */
  | { readonly type: "file"; readonly name: string; readonly size: number }
  /** Answers to `pull`. */
  | { readonly type: "data"; readonly bytes: ArrayBuffer }
  | { readonly type: "end" }
  /** In place of any answer. */
  | { readonly type: "error"; readonly error: PlainError };
