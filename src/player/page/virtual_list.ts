/// <reference lib="dom" />
import { element } from "./dom.ts";
import type { RowEntry } from "./row_entry.ts";

/** A list of up to so many rows is on the page whole: the browser's own search then finds all of it. */
const WHOLE = 200;

/** Pixels that stay free above and below a row that is gone to. */
const MARGIN = 8;

interface Row {
  readonly item: RowEntry;
  readonly element: HTMLLIElement;
}

/**
 * A list of rows of one height, of which those in the window are on the page, and some above and below. It is
 * one stop of the Tab key: the active row's links and buttons, which arrow keys choose.
 */
export class VirtualList {
  readonly element: HTMLUListElement;
  readonly #make: (item: RowEntry) => HTMLLIElement;
  readonly #rows = new Map<string, Row>();
  readonly #stop = new AbortController();
  readonly #resized: ResizeObserver;
  #items: readonly RowEntry[] = [];
  #active = 0;
  /** Pixels of a row. */
  #height = 0;

  /** @param make a row; its height is that of all rows */
  constructor(label: string, make: (item: RowEntry) => HTMLLIElement) {
    this.#make = make;
    this.element = element("ul", { class: "entries", "aria-label": label });
    const { signal } = this.#stop;
    const scrolled = () => this.#items.length > WHOLE && this.#render();
    globalThis.addEventListener("scroll", scrolled, { signal, passive: true });
    // A row that got the focus by Tab or by a click is the active one.
    this.element.addEventListener("focusin", (event) => {
      const row = (event.target as Element).closest("li");
      const at = Number(row?.getAttribute("aria-posinset")) - 1;
      if (at >= 0 && at !== this.#active) this.#activate(at);
    }, { signal });
    this.#resized = new ResizeObserver(() => this.#keepPlace(() => this.#measure()));
    this.#resized.observe(this.element);
  }

  get items(): readonly RowEntry[] {
    return this.#items;
  }

  /** Other items, or the same in another order; what is looked at stays where it is. */
  set items(items: readonly RowEntry[]) {
    this.#keepPlace(() => {
      const active = this.#items[this.#active]?.path;
      const isHeld = this.element.contains(document.activeElement);
      this.#items = items;
      // Nobody has chosen the first row yet.
      const at = this.#active === 0 && !isHeld ? 0 : items.findIndex(({ path }) => path === active);
      this.#active = Math.max(0, at);
      if (isHeld && at < 0) this.element.closest<HTMLElement>("main")?.focus({ preventScroll: true });
      this.#measure();
    });
  }

  /** Index of the row that Tab leads to. */
  get active(): number {
    return this.#active;
  }

  /** The first row in the window, and where it is; undefined at the top of the list. */
  get place(): { path: string; top: number } | undefined {
    const top = this.#top;
    if (top >= 0 || this.#height === 0) return undefined;
    const index = Math.min(this.#items.length - 1, Math.ceil(-top / this.#height));
    const item = this.#items[index];
    return item && { path: item.path, top: top + index * this.#height };
  }

  /** Scrolls so that a row is again where it was. @returns whether it is in the list */
  restore(place: { path: string; top: number }): boolean {
    const index = this.#items.findIndex(({ path }) => path === place.path);
    if (index < 0) return false;
    globalThis.scrollBy(0, this.#top + index * this.#height - place.top);
    this.#render();
    return true;
  }

  /** Rows that fit into the window. */
  get pageSize(): number {
    return Math.max(1, Math.floor(globalThis.innerHeight / (this.#height || 1)) - 1);
  }

  /** Gives a row the focus and brings it into the window. */
  focus(index: number): void {
    if (this.#items.length === 0) return;
    const to = Math.min(Math.max(index, 0), this.#items.length - 1);
    const top = this.#top + to * this.#height;
    const below = top + this.#height + MARGIN - globalThis.innerHeight;
    if (top < MARGIN) globalThis.scrollBy(0, top - MARGIN);
    else if (below > 0) globalThis.scrollBy(0, below);
    this.#hold(to);
  }

  /** As {@link focus}; a row that is in the window stays where it is. @returns whether the path is in the list */
  focusPath(path: string): boolean {
    const index = this.#items.findIndex((item) => item.path === path);
    if (index < 0) return false;
    const top = this.#top + index * this.#height;
    // The line above a row is no part of what is looked at.
    if (top > -2 && top + this.#height <= globalThis.innerHeight) this.#hold(index);
    else this.focus(index);
    return true;
  }

  dispose(): void {
    this.#stop.abort();
    this.#resized.disconnect();
  }

  /** Pixels from the top of the window to that of the list. */
  get #top(): number {
    return this.element.getBoundingClientRect().top;
  }

  #hold(index: number): void {
    this.#activate(index);
    this.#rows.get(this.#items[index]!.path)?.element.querySelector("a")?.focus({ preventScroll: true });
  }

  #activate(index: number): void {
    this.#active = index;
    this.#render();
  }

  /** Changes something while the row that is being looked at stays where it is in the window. */
  #keepPlace(change: () => void): void {
    const place = this.#looked;
    change();
    if (place === undefined || !this.restore(place)) this.#render();
  }

  /** The row with the focus, or under the pointer, or the first in the window. */
  get #looked(): { path: string; top: number } | undefined {
    const row = this.element.querySelector("li:focus-within") ?? this.element.querySelector("li:hover");
    const item = row && this.#items[Number(row.getAttribute("aria-posinset")) - 1];
    if (!item) return this.place;
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > 0 && top < globalThis.innerHeight ? { path: item.path, top } : this.place;
  }

  #measure(): void {
    const known = this.element.firstElementChild;
    const probe = known ?? this.element.appendChild(element("li"));
    this.#height = probe.getBoundingClientRect().height;
    if (!known) probe.remove();
    this.element.style.height = `${this.#items.length * this.#height}px`;
  }

  #render(): void {
    const items = this.#items;
    const wanted = this.#wanted();
    const keys = new Set(wanted.map((index) => items[index]!.path));
    for (const [path, { element }] of this.#rows) if (!keys.has(path)) this.#drop(path, element);
    let next = this.element.firstElementChild;
    for (const index of wanted) {
      const row = this.#row(items[index]!);
      this.#put(row, index);
      if (row === next) next = next.nextElementSibling;
      else this.element.insertBefore(row, next);
    }
  }

  /** Rising indices of what is to be on the page. */
  #wanted(): number[] {
    const count = this.#items.length;
    let [from, to] = [0, count];
    if (count > WHOLE) {
      // A window more above and below.
      const { innerHeight } = globalThis;
      const top = -this.#top;
      from = Math.min(count, Math.max(0, Math.floor((top - innerHeight) / this.#height)));
      to = Math.max(from, Math.min(count, Math.ceil((top + 2 * innerHeight) / this.#height)));
    }
    const wanted = Array.from({ length: to - from }, (_, i) => from + i);
    if (count > 0 && this.#active < from) wanted.unshift(this.#active);
    if (this.#active >= to && this.#active < count) wanted.push(this.#active);
    return wanted;
  }

  #row(item: RowEntry): HTMLLIElement {
    const known = this.#rows.get(item.path);
    if (known && known.item.size === item.size && known.item.modified === item.modified) return known.element;
    const made = this.#make(item);
    this.#rows.set(item.path, { item, element: made });
    if (known) {
      const isHeld = known.element.contains(document.activeElement);
      known.element.replaceWith(made);
      if (isHeld) made.querySelector("a")?.focus({ preventScroll: true });
    }
    return made;
  }

  #drop(path: string, row: HTMLLIElement): void {
    this.#rows.delete(path);
    row.remove();
  }

  #put(row: HTMLLIElement, index: number): void {
    const top = `${index * this.#height}px`;
    if (row.style.top !== top) row.style.top = top;
    row.setAttribute("aria-posinset", String(index + 1));
    row.setAttribute("aria-setsize", String(this.#items.length));
    const tabindex = index === this.#active ? 0 : -1;
    for (const stop of row.querySelectorAll<HTMLElement>("a, button")) stop.tabIndex = tabindex;
  }
}
