/// <reference lib="dom" />
import { mayRead, type Scope } from "../../trust/scope.ts";
import { element } from "./dom.ts";
import { hasFolders, topName } from "./link_scope.ts";
import { formatLocation, type PageLocation, placeOf } from "./location.ts";

/** The way from the top of what the link opens to a folder, which is no link itself, or to that of a file. */
export function breadcrumb(location: PageLocation, scope: Scope): HTMLElement {
  const parts = partsOf(location.path);
  const top = partsOf(scope.path).length;
  const folders = location.isFolder ? parts : parts.slice(0, -1);
  const below = mayRead(scope, location.path) ? folders.slice(top) : [];
  const list = element("ol");
  [topName(scope), ...below].forEach((label, depth) => {
    const path = parts.slice(0, top + depth).join("/");
    if (location.isFolder && path === location.path) {
      list.append(element("li", { "aria-current": "page" }, label));
      return;
    }
    const href = formatLocation(placeOf(location, depth === 0 ? "" : path, true));
    list.append(element("li", {}, element("a", { href }, label)));
  });
  // A link to one file alone has no way up.
  const hidden = !hasFolders(scope);
  return element("nav", { class: "breadcrumb", "aria-label": "Folder", hidden }, list);
}

/** The folder a location lies in. */
export function parentOf(location: PageLocation): PageLocation {
  return placeOf(location, partsOf(location.path).slice(0, -1).join("/"), true);
}

function partsOf(path: string): string[] {
  return path === "" ? [] : path.split("/");
}
