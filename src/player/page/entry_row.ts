/// <reference lib="dom" />
import { mediaKind } from "../media/content_types.ts";
import type { PageContext } from "./context.ts";
import { element, icon } from "./dom.ts";
import { formatDate, formatSize } from "./format.ts";
import { formatLocation } from "./location.ts";

/** One directory entry as a row shows it. */
export interface RowEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: "dir" | "file";
  readonly size: number;
  readonly modified: number;
  /** Where it lies, for search results. */
  readonly place?: string;
}

/** A row of a list: a link that covers it, and for files a download beside it. */
export function entryRow(context: PageContext, entry: RowEntry): HTMLLIElement {
  const isFolder = entry.kind === "dir";
  const { token, agent } = context.location;
  const href = formatLocation({ token, path: entry.path, isFolder, ...(agent ? { agent } : {}) });
  const details = [isFolder ? "" : formatSize(entry.size), formatDate(entry.modified)];
  const link = element(
    "a",
    { href, class: "entry", "data-path": entry.path },
    icon(isFolder ? "folder" : mediaKind(entry.name)),
    element(
      "span",
      { class: "name" },
      // Lets long names break after dots and underscores, without a hyphen.
      ...entry.name.split(/(?<=[._-])/).flatMap((part, i) => i === 0 ? [part] : [element("wbr"), part]),
      entry.place === undefined ? undefined : element("span", { class: "place" }, entry.place),
    ),
    element("span", { class: "size" }, details[0]),
    element("span", { class: "date" }, details[1]),
  );
  const download = isFolder
    ? undefined
    : context.downloads.control(entry.path, entry.name, entry.size, "quiet download");
  return element("li", {}, link, download);
}

/** Up, Down, Home and End move between the rows of a list. */
export function moveByKeys(list: HTMLElement): void {
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const links = [...list.querySelectorAll<HTMLAnchorElement>("a.entry")];
    const item = (event.target as Element).closest("li");
    const at = links.findIndex((link) => link.parentElement === item);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    const link = to === undefined ? undefined : links[to];
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}

/** Folders first, then by name as people count: 2 before 10. */
export function compareEntries(a: RowEntry, b: RowEntry): number {
  if (a.kind !== b.kind) return a.kind === "dir" ? -1 : 1;
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
