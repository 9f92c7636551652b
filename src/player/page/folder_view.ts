/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import { breadcrumb } from "./breadcrumb.ts";
import { continueList } from "./continue_list.ts";
import type { PageContext, View } from "./context.ts";
import { element, icon } from "./dom.ts";
import { entryRow } from "./entry_row.ts";
import { formatCount } from "./format.ts";
import { moveByKeys } from "./list_keys.ts";
import { type Listing, MAX_ENTRIES } from "./listing.ts";
import type { PageLocation } from "./location.ts";
import { problem } from "./problem.ts";
import { sortHeads } from "./sort_heads.ts";
import { inOrder, knownSorting, rememberSorting, type Sorting } from "./sorting.ts";
import { pageStorage } from "./storage.ts";
import { VirtualList } from "./virtual_list.ts";

/** The rows of one folder: what is known at once, the rest as it comes. */
export class FolderView implements View {
  readonly element = element("section", { class: "folder" });
  readonly title: string;

  readonly #context: PageContext;
  readonly #listing: Listing;
  readonly #list: VirtualList;
  readonly #count = element("span", { class: "count" });
  /** What works only where the folder is there. */
  readonly #offers: readonly HTMLElement[];
  readonly #foot = element("div", { class: "foot" });
  readonly #stop = new AbortController();
  readonly #isReturn: boolean;
  /** The entry the user comes back from, until it has the focus. */
  #focusPath: string | undefined;
  #sorting: Sorting;

  /** @param from what was shown before, if anything was */
  constructor(context: PageContext, from: PageLocation | undefined) {
    this.#context = context;
    const { path } = context.location;
    this.title = path === "" ? "All files" : path.slice(path.lastIndexOf("/") + 1);
    this.#listing = context.listings.get(path);
    this.#focusPath = from && childOf(path, from.path);
    this.#isReturn = this.#focusPath !== undefined || from?.query !== undefined;
    this.#sorting = knownSorting(pageStorage());
    const begun = new Map(context.positions.begun().map((film) => [film.path, film]));
    this.#list = new VirtualList("Files", (entry) => entryRow(context, entry, begun.get(entry.path)));
    moveByKeys(this.#list, this.#stop.signal);
    const top = element("div", { class: "top" }, breadcrumb(context.location, context.scope), this.#count);
    const download = context.downloads.folderControl(path, this.title);
    const goOn = path === context.scope.path ? continueList(context) : undefined;
    const heads = sortHeads(this.#sorting, (sorting) => this.#sort(sorting));
    this.#offers = [download, heads, ...(goOn ? [goOn] : [])];
    top.append(download);
    this.element.append(element("h1", { class: "unseen" }, this.title), top);
    if (goOn) this.element.append(goOn);
    this.element.append(heads, this.#list.element, this.#foot);
  }

  shown(): void {
    this.#show();
    const { place } = this.#listing;
    if (this.#isReturn && place) this.#list.restore(place);
    this.#restoreFocus();
    void this.#load();
  }

  dispose(): void {
    this.#stop.abort();
    this.#listing.place = this.#list.place;
    this.#list.dispose();
  }

  async #load(): Promise<void> {
    const { signal } = this.#stop;
    if (!this.#listing.complete) this.#foot.replaceChildren(element("p", { class: "hint" }, "Loading…"));
    try {
      await this.#listing.load(signal, () => {
        if (signal.aborted) return;
        this.#show();
        this.#restoreFocus();
      });
      this.#finish();
    } catch (cause) {
      if (signal.aborted) return;
      const error = toPlayerError(cause);
      if (error.type === "not-found") this.#show(false);
      this.#foot.replaceChildren(problem(error, () => void this.#load()));
    }
  }

  /** @param isThere whether there is such a folder, as far as is known */
  #show(isThere = true): void {
    for (const offer of this.#offers) offer.hidden = !isThere;
    const { entries, complete } = this.#listing;
    this.#list.items = inOrder(entries, this.#sorting);
    const count = formatCount(entries.length, "item", "items");
    this.#count.textContent = entries.length === 0 ? "" : complete ? count : `${count}, loading…`;
  }

  #sort(sorting: Sorting): void {
    this.#sorting = sorting;
    rememberSorting(pageStorage(), sorting);
    this.#list.items = inOrder(this.#listing.entries, sorting);
  }

  #finish(): void {
    const { length } = this.#listing.entries;
    this.#context.announce(`${this.title}: ${formatCount(length, "item", "items")}`);
    if (length === 0) {
      return this.#foot.replaceChildren(
        element("p", { class: "empty" }, icon("folder"), "This folder is empty."),
      );
    }
    this.#foot.replaceChildren();
    if (length < MAX_ENTRIES) return;
    const shown = formatCount(MAX_ENTRIES, "item", "items");
    const sentence = `Only ${shown} of this folder are shown. Search finds the others.`;
    this.#foot.append(element("p", { class: "hint" }, sentence));
  }

  #restoreFocus(): void {
    const path = this.#focusPath;
    const isFree = document.activeElement?.matches("body, main") ?? true;
    if (path === undefined || !isFree) this.#focusPath = undefined;
    else if (this.#list.focusPath(path)) this.#focusPath = undefined;
  }
}

/** The entry of a folder that a path goes through; undefined where it does not go through the folder. */
function childOf(folder: string, path: string): string | undefined {
  const prefix = folder === "" ? "" : `${folder}/`;
  if (!path.startsWith(prefix) || path === folder) return undefined;
  const end = path.indexOf("/", prefix.length);
  return end < 0 ? path : path.slice(0, end);
}
