/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import type { PageContext, View } from "./context.ts";
import { element } from "./dom.ts";
import { entryRow } from "./entry_row.ts";
import { formatCount } from "./format.ts";
import { topName } from "./link_scope.ts";
import { moveByKeys } from "./list_keys.ts";
import { problem } from "./problem.ts";
import { compareEntries } from "./sorting.ts";
import { VirtualList } from "./virtual_list.ts";

/** The most results that are shown. */
const LIMIT = 100;

/** What a search found. Results stay until those of the next search are there. */
export class SearchView implements View {
  readonly element = element("section", { class: "folder found" });

  readonly #context: PageContext;
  readonly #stop = new AbortController();
  readonly #summary = element("p", { class: "hint" }, "Searching…");
  readonly #foot = element("div", { class: "foot" });
  readonly #list: VirtualList;
  #query = "";
  #current = new AbortController();
  #focusPath: string | undefined;

  /** @param focusPath the result the user comes back from */
  constructor(context: PageContext, query: string, focusPath: string | undefined) {
    this.#context = context;
    this.#focusPath = focusPath;
    this.#list = new VirtualList("Results", (entry) => entryRow(context, entry));
    moveByKeys(this.#list, this.#stop.signal);
    this.element.append(element("h1", { class: "unseen" }, "Search"), this.#summary);
    this.element.append(this.#list.element, this.#foot);
    this.search(query);
  }

  get title(): string {
    return `Search for ${this.#query}`;
  }

  /** Searches for something else. */
  search(query: string): void {
    this.#query = query;
    this.#current.abort();
    this.#current = new AbortController();
    void this.#load(AbortSignal.any([this.#current.signal, this.#stop.signal]));
  }

  dispose(): void {
    this.#stop.abort();
    this.#list.dispose();
  }

  async #load(signal: AbortSignal): Promise<void> {
    const query = this.#query;
    const { scope } = this.#context;
    this.#foot.replaceChildren();
    try {
      const { entries, truncated } = await this.#context.session.search(query, LIMIT, signal);
      this.#list.items = entries.map((entry) => {
        const slash = entry.path.lastIndexOf("/");
        const folder = slash < 0 ? "" : entry.path.slice(0, slash);
        const place = folder === scope.path ? topName(scope) : folder;
        return { ...entry, name: entry.path.slice(slash + 1), place };
      }).sort(compareEntries);
      const count = formatCount(entries.length, "result", "results");
      this.#summary.textContent = entries.length === 0
        ? `Nothing found for “${query}”.`
        : `${truncated ? "The first " : ""}${count} for “${query}”.`;
      this.#context.announce(this.#summary.textContent);
      this.#restoreFocus();
    } catch (cause) {
      if (signal.aborted) return;
      this.#summary.textContent = "";
      this.#list.items = [];
      this.#foot.replaceChildren(problem(toPlayerError(cause), () => {
        this.#summary.textContent = "Searching…";
        void this.#load(signal);
      }));
    }
  }

  #restoreFocus(): void {
    const isFree = document.activeElement?.matches("body, main") ?? true;
    if (this.#focusPath !== undefined && isFree) this.#list.focusPath(this.#focusPath);
    this.#focusPath = undefined;
  }
}
