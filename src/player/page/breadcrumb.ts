/// <reference lib="dom" />
import type { PageLocation } from "./location.ts";
import { element } from "./dom.ts";
import { formatLocation } from "./location.ts";

/** The way from the top to a folder, which is no link itself, or to the folder that a file lies in. */
export function breadcrumb(location: PageLocation): HTMLElement {
  const parts = location.path === "" ? [] : location.path.split("/");
  const folders = location.isFolder ? parts : parts.slice(0, -1);
  const { token, agent } = location;
  const list = element("ol");
  ["All files", ...folders].forEach((label, depth) => {
    if (location.isFolder && depth === parts.length) {
      list.append(element("li", { "aria-current": "page" }, label));
      return;
    }
    const path = parts.slice(0, depth).join("/");
    const href = formatLocation({ token, path, isFolder: true, ...(agent ? { agent } : {}) });
    list.append(element("li", {}, element("a", { href }, label)));
  });
  return element("nav", { class: "breadcrumb", "aria-label": "Folder" }, list);
}

/** The folder a location lies in. */
export function parentOf(location: PageLocation): PageLocation {
  const { token, agent, path } = location;
  const slash = path.lastIndexOf("/");
  return { token, path: slash < 0 ? "" : path.slice(0, slash), isFolder: true, ...(agent ? { agent } : {}) };
}
