/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import { breadcrumb } from "./breadcrumb.ts";
import type { PageContext, View } from "./context.ts";
import { button, element } from "./dom.ts";
import { compareEntries, entryRow, moveByKeys, type RowEntry } from "./entry_row.ts";
import { problem } from "./problem.ts";

/** A folder up to this many entries is shown whole, and so sorted whole; more come while scrolling. */
const EAGER_ENTRIES = 1_000;

/** The rows of one folder, growing page by page. */
export class FolderView implements View {
  readonly element = element("section", { class: "folder" });
  readonly title: string;

  readonly #context: PageContext;
  readonly #list = element("ul", { class: "entries", "aria-label": "Files" });
  readonly #foot = element("div", { class: "foot" });
  readonly #rows: { entry: RowEntry; row: HTMLLIElement }[] = [];
  readonly #stop = new AbortController();
  readonly #focusPath: string | undefined;
  #observer: IntersectionObserver | undefined;

  /** @param focusPath the entry the user comes back from */
  constructor(context: PageContext, focusPath: string | undefined) {
    this.#context = context;
    this.#focusPath = focusPath;
    const { path } = context.location;
    this.title = path === "" ? "All files" : path.slice(path.lastIndexOf("/") + 1);
    this.element.append(breadcrumb(context.location), this.#list, this.#foot);
    moveByKeys(this.#list);
    this.#foot.append(element("p", { class: "hint" }, "Loading…"));
    void this.#load(null);
  }

  dispose(): void {
    this.#stop.abort();
    this.#observer?.disconnect();
  }

  async #load(cursor: string | null): Promise<void> {
    const { signal } = this.#stop;
    this.#observer?.disconnect();
    try {
      do {
        const page = await this.#context.session.list(this.#context.location.path, cursor, signal);
        for (const entry of page.entries) this.#add(entry);
        cursor = page.cursor;
        if (this.#rows.length <= page.entries.length) this.#restoreFocus();
      } while (cursor !== null && this.#rows.length < EAGER_ENTRIES);
      this.#finish(cursor);
    } catch (cause) {
      if (signal.aborted) return;
      this.#foot.replaceChildren(problem(toPlayerError(cause), () => {
        this.#foot.replaceChildren(element("p", { class: "hint" }, "Loading…"));
        void this.#load(cursor);
      }));
    }
  }

  #add(listed: Omit<RowEntry, "path">): void {
    const { path } = this.#context.location;
    const entry = { ...listed, path: path === "" ? listed.name : `${path}/${listed.name}` };
    const row = entryRow(this.#context, entry);
    // By halves: the box sorts too, but not folders first.
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareEntries(this.#rows[middle]!.entry, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#list.insertBefore(row, this.#rows[low]?.row ?? null);
    this.#rows.splice(low, 0, { entry, row });
  }

  #finish(cursor: string | null): void {
    this.#restoreFocus();
    if (cursor === null) {
      const empty = this.#rows.length === 0;
      this.#foot.replaceChildren(
        ...(empty ? [element("p", { class: "hint" }, "This folder is empty.")] : []),
      );
      return;
    }
    const more = button("Show more", () => void this.#load(cursor));
    this.#foot.replaceChildren(more);
    this.#observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void this.#load(cursor);
    }, { rootMargin: "600px" });
    this.#observer.observe(more);
  }

  #restoreFocus(): void {
    if (this.#focusPath === undefined || document.activeElement !== document.body) return;
    const found = this.#rows.find(({ entry }) => entry.path === this.#focusPath);
    found?.row.querySelector("a")?.focus();
  }
}
