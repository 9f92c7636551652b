/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import type { PageContext, View } from "./context.ts";
import { element } from "./dom.ts";
import { compareEntries, entryRow, moveByKeys } from "./entry_row.ts";
import { problem } from "./problem.ts";

/** The most results that are shown. */
const LIMIT = 100;

/** What a search found. */
export class SearchView implements View {
  readonly element = element("section", { class: "folder" });
  readonly title: string;

  readonly #context: PageContext;
  readonly #query: string;
  readonly #stop = new AbortController();
  readonly #summary = element("p", { class: "hint", role: "status" }, "Searching…");
  readonly #list = element("ul", { class: "entries", "aria-label": "Results" });

  constructor(context: PageContext, query: string) {
    this.#context = context;
    this.#query = query;
    this.title = `Search for ${query}`;
    moveByKeys(this.#list);
    this.element.append(this.#summary, this.#list);
    void this.#load();
  }

  dispose(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    const { signal } = this.#stop;
    try {
      const found = await this.#context.session.search(this.#query, LIMIT, signal);
      const count = found.entries.length;
      this.#summary.textContent = count === 0
        ? `Nothing found for “${this.#query}”.`
        : `${found.truncated ? "The first " : ""}${count} ${
          count === 1 ? "result" : "results"
        } for “${this.#query}”`;
      const rows = found.entries.map((entry) => {
        const slash = entry.path.lastIndexOf("/");
        const place = slash < 0 ? "All files" : entry.path.slice(0, slash);
        return { ...entry, name: entry.path.slice(slash + 1), place };
      });
      this.#list.append(...rows.sort(compareEntries).map((entry) => entryRow(this.#context, entry)));
    } catch (cause) {
      if (signal.aborted) return;
      this.#summary.textContent = "";
      const note = problem(toPlayerError(cause), () => {
        note.remove();
        this.#summary.textContent = "Searching…";
        void this.#load();
      });
      this.element.append(note);
    }
  }
}
