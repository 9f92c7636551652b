/// <reference lib="dom" />
import { mediaKind } from "../media/content_types.ts";
import type { PageContext } from "./context.ts";
import { element, icon } from "./dom.ts";
import { formatDate, formatSize, formatTime } from "./format.ts";
import { formatLocation, placeOf } from "./location.ts";
import type { BegunFilm } from "./positions.ts";
import type { RowEntry } from "./row_entry.ts";

/**
 * A row of a list: a link that covers it, and for files a download beside it.
 *
 * @param begun where the film was left, if it was begun
 */
export function entryRow(context: PageContext, entry: RowEntry, begun?: BegunFilm): HTMLLIElement {
  const isFolder = entry.kind === "dir";
  const href = formatLocation(placeOf(context.location, entry.path, isFolder));
  const details = [isFolder ? "" : formatSize(entry.size), formatDate(entry.modified)];
  const link = element(
    "a",
    { href, class: "entry", "data-path": entry.path, title: entry.name },
    icon(isFolder ? "folder" : mediaKind(entry.name)),
    element(
      "span",
      { class: "name" },
      element("span", { class: "words", dir: "auto" }, ...breakable(entry.name)),
      entry.place === undefined ? undefined : element("span", { class: "place", dir: "auto" }, entry.place),
    ),
    element("span", { class: "size" }, details[0]),
    element("span", { class: "date" }, details[1]),
  );
  if (begun) link.append(...howFar(begun));
  const download = isFolder
    ? undefined
    : context.downloads.control(entry.path, entry.name, entry.size, "quiet download");
  return element("li", {}, link, download);
}

/** A bar for those who see it, words for the others. */
function howFar({ at, duration }: BegunFilm): HTMLElement[] {
  return [
    element("span", { class: "unseen" }, `Go on at ${formatTime(at)} of ${formatTime(duration)}`),
    element("progress", { class: "seen", max: String(duration), value: String(at), "aria-hidden": "true" }),
  ];
}

/** Lets long names break after dots and underscores, without a hyphen. */
function breakable(name: string): (string | HTMLElement)[] {
  return name.split(/(?<=[._-])/).flatMap((part, i) => i === 0 ? [part] : [element("wbr"), part]);
}
