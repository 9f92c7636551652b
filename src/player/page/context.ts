import type { PersistentSession } from "../client/mod.ts";
import type { Scope } from "../../trust/scope.ts";
import type { FileSource, MediaServer } from "../media/media_bridge.ts";
import type { Downloads } from "./downloads.ts";
import type { Listings } from "./listing.ts";
import type { Positions } from "./positions.ts";
import type { PageLocation } from "./location.ts";

/** What every view needs. */
export interface PageContext {
  readonly session: PersistentSession;
  readonly listings: Listings;
  readonly files: FileSource;
  readonly media: MediaServer;
  readonly positions: Positions;
  readonly downloads: Downloads;
  readonly location: PageLocation;
  /** What the link opens. */
  readonly scope: Scope;
  /** The page's `Client.id`, where a service worker answers for media URLs. */
  readonly clientId: string | undefined;
  /** What the film that plays needs, in bytes a second; undefined where none does, or it is not known. */
  tellNeed(bytesPerSecond: number | undefined): void;
  /** Says a sentence to those who do not see the page. */
  announce(sentence: string): void;
}

/** One thing the page shows in its main part. */
export interface View {
  readonly element: HTMLElement;
  /** For the window's title. */
  readonly title: string;
  /** Called once, when the view goes away. */
  dispose?(): void;
  /** Called when the view is on the page. */
  shown?(): void;
}
