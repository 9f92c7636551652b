/// <reference lib="dom" />
import { listAgents, PersistentSession } from "../client/mod.ts";
import { mayList, type Scope } from "../../trust/scope.ts";
import { WorkerFiles } from "../channels/worker_files.ts";
import { MediaBridge } from "../media/media_bridge.ts";
import { OpenFiles } from "../media/open_files.ts";
import { parentOf } from "./breadcrumb.ts";
import { ChooserView } from "./chooser_view.ts";
import type { PageContext, View } from "./context.ts";
import { noteFrames } from "./diagnosis/first_frame.ts";
import { Timeline } from "./diagnosis/timeline.ts";
import { wakeOnReturn } from "./diagnosis/wake.ts";
import { Downloads } from "./downloads.ts";
import { FileView } from "./file_view.ts";
import { FolderView } from "./folder_view.ts";
import { Listings } from "./listing.ts";
import { hasFolders, linkScope, placeIn } from "./link_scope.ts";
import { formatLocation, homeOf, type PageLocation, placeOf } from "./location.ts";
import { Positions } from "./positions.ts";
import { SearchView } from "./search_view.ts";
import { pageStorage } from "./storage.ts";
import { StatusBar } from "./status_bar.ts";
import { UnlistedView } from "./unlisted_view.ts";
import { WelcomeView } from "./welcome_view.ts";
import { startWorker } from "./worker_link.ts";

const MEASURE_INTERVAL_MS = 1_000;

/** The parts of `index.html` that change. */
export interface Page {
  readonly main: HTMLElement;
  /** Read out by screen readers when its text changes. */
  readonly announcer: HTMLElement;
  readonly status: HTMLElement;
  readonly notice: HTMLElement;
  readonly downloads: HTMLElement;
  readonly home: HTMLAnchorElement;
  readonly boxName: HTMLElement;
  readonly search: HTMLFormElement;
  readonly searchInput: HTMLInputElement;
}

/** One connection to one box, and the view that the address asks for. */
export class App {
  readonly #page: Page;
  readonly #session: PersistentSession;
  readonly #status: StatusBar;
  readonly #timeline = new Timeline();
  readonly #scope: Scope;
  #context: PageContext | undefined;
  #location: PageLocation;
  #view: View | undefined;

  /** @param location with a token; another link needs another page */
  constructor(page: Page, location: PageLocation) {
    this.#page = page;
    this.#scope = linkScope(location);
    this.#location = placeIn(this.#scope, location);
    this.#session = new PersistentSession({
      relay: globalThis.location.origin,
      token: location.token,
      // The notice says what is wrong; whatever waits goes on when that is put right.
      patient: true,
      trace: (name, detail) => this.#timeline.add(name, detail),
      trust: location.trust,
      ...(location.agent ? { agentId: location.agent } : {}),
    });
    this.#status = new StatusBar(this.#session, this.#timeline);
    page.status.replaceChildren(this.#status.element);
    page.notice.replaceChildren(this.#status.notice);
    page.downloads.before(this.#status.debug);
    noteFrames(this.#timeline);
  }

  /** Connects, starts the service worker, and shows what the address asks for. */
  async start(): Promise<void> {
    this.#session.addEventListener("statechange", () => this.#stateChanged());
    this.#session.retry();
    wakeOnReturn(this.#session);
    setInterval(() => void this.#status.measure(), MEASURE_INTERVAL_MS);

    const media = await WorkerFiles.start(this.#session) ?? new MediaBridge(new OpenFiles(this.#session));
    const { isFolder, path, query } = this.#location;
    // The film comes while the page is made ready for it.
    if (!isFolder && !query) void media.use(path).then((lease) => lease.release(false), () => {});
    const clientId = await startWorker(media);
    const downloads = new Downloads(this.#session, media, clientId);
    media.onTransfer = (transfer) => downloads.follow(transfer);
    media.onSave = (transfer) => downloads.save(transfer);
    this.#page.downloads.replaceChildren(downloads.element);
    this.#context = {
      session: this.#session,
      listings: new Listings(this.#session, this.#scope),
      announce: (sentence) => this.#page.announcer.textContent = sentence,
      tellNeed: (bytesPerSecond) => this.#status.needs = bytesPerSecond,
      files: media,
      media,
      positions: new Positions(pageStorage(), this.#location.agent ?? ""),
      downloads,
      location: this.#location,
      scope: this.#scope,
      clientId,
    };
    this.go(this.#location);
  }

  /** Shows another place of the same box. */
  go(to: PageLocation): void {
    const from = this.#view && this.#location;
    const location = placeIn(this.#scope, to);
    this.#location = location;
    if (!this.#context) return; // start() comes by again.
    const { state } = this.#session;
    if (state.kind === "failed" && state.error.type === "several-agents") return this.#choose();
    const context = { ...this.#context, location };
    this.#page.home.href = homeOf(location);
    if (document.activeElement !== this.#page.searchInput) {
      this.#page.searchInput.value = location.query ?? "";
    }
    if (location.query) return this.#search(context, location.query, from?.path);
    if (location.isFolder) {
      const isListed = mayList(this.#scope, location.path);
      return this.#show(isListed ? new FolderView(context, from) : new UnlistedView(context));
    }
    this.#show(
      new FileView(context, () => {
        // An address written by hand may leave out a folder's slash.
        globalThis.location.replace(formatLocation({ ...location, isFolder: true }));
      }),
    );
  }

  /** One level up; the top stays. */
  up(): void {
    const { path, query } = this.#location;
    if (!hasFolders(this.#scope) || (path === this.#scope.path && !query)) return;
    // From outside of what the link opens there is no way but to its top.
    const isInside = !query && mayList(this.#scope, parentOf(this.#location).path);
    globalThis.location.hash = formatLocation(
      isInside ? parentOf(this.#location) : placeOf(this.#location, "", true),
    );
  }

  #search(context: PageContext, query: string, from: string | undefined): void {
    // What was found stays until there is something else: rows do not come and go with each letter.
    if (!(this.#view instanceof SearchView)) return this.#show(new SearchView(context, query, from));
    this.#view.search(query);
    this.#name(this.#view);
  }

  #show(view: View): void {
    const isFirst = this.#view === undefined;
    this.#view?.dispose?.();
    this.#view = view;
    this.#name(view);
    this.#page.announcer.textContent = view.title;
    // The next film stays on the whole screen.
    if (document.fullscreenElement && !(view instanceof FileView)) document.exitFullscreen().catch(() => {});
    this.#page.main.replaceChildren(view.element);
    globalThis.scrollTo(0, 0);
    // What had the focus is gone. The view may know a better place.
    if (!isFirst && document.activeElement === document.body) this.#page.main.focus({ preventScroll: true });
    view.shown?.();
  }

  #name(view: View): void {
    document.title = `${view.title} – ${this.#page.boxName.textContent}`;
  }

  #choose(): void {
    const access = { relay: globalThis.location.origin, token: this.#location.token };
    this.#status.notice.replaceChildren();
    this.#show(new ChooserView(access, this.#location));
  }

  #stateChanged(): void {
    const { state } = this.#session;
    this.#status.show(state);
    document.body.dataset["connection"] = state.kind;
    if (state.kind === "failed" && state.error.type === "several-agents" && this.#context) this.#choose();
    if (state.kind === "open") void this.#nameBox();
    // Without a box there is nothing to search.
    this.#page.search.hidden = state.kind === "failed" || !hasFolders(this.#scope);
  }

  async #nameBox(): Promise<void> {
    const { token } = this.#location;
    try {
      const agents = await listAgents({ relay: globalThis.location.origin, token });
      const box = agents.find(({ agentId }) => agentId === this.#session.agentId);
      this.#status.boxVersion = box?.version;
      if (!box?.name) return;
      this.#page.boxName.textContent = box.name;
      if (this.#view) this.#name(this.#view);
    } catch {
      // A name is a nicety.
    }
  }
}

/** Shows the form for a pasted link. */
export function welcome(page: Page): void {
  page.search.hidden = true;
  const view = new WelcomeView((location) => globalThis.location.hash = formatLocation(location));
  document.title = view.title;
  page.main.replaceChildren(view.element);
}
