/// <reference lib="dom" />
/** The page's entry: finds its elements, follows the address, and listens to the keyboard. */
import { App, type Page, welcome } from "./app.ts";
import { formatLocation, parseLocation } from "./location.ts";

/** After the last key of a search, in milliseconds. */
const SEARCH_PAUSE_MS = 250;

function find<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

const page: Page = {
  main: find("main"),
  status: find("status"),
  notice: find("notice"),
  downloads: find("downloads"),
  home: find("home"),
  boxName: find("box-name"),
  search: find("search"),
  searchInput: find("search-input"),
};

let location = parseLocation(globalThis.location.hash);
let app: App | undefined;

if (location.token === "") welcome(page);
else {
  app = new App(page, location);
  void app.start();
}

addEventListener("hashchange", () => {
  const next = parseLocation(globalThis.location.hash);
  const sameBox = next.token === location.token && next.agent === location.agent;
  location = next;
  // Another token or another box is another connection, and nothing of the old one should stay.
  if (app && sameBox) app.go(next);
  else globalThis.location.reload();
});

let searchTimer: ReturnType<typeof setTimeout> | undefined;
function search(): void {
  clearTimeout(searchTimer);
  const query = page.searchInput.value.trim();
  const before = location.query ?? "";
  if (query === before) return;
  const target = formatLocation({ ...location, path: "", isFolder: true, query });
  // Each further letter replaces the search before, so that Back leaves the search.
  if (before !== "") globalThis.location.replace(target);
  else globalThis.location.hash = target;
}
page.searchInput.addEventListener("input", () => {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(search, SEARCH_PAUSE_MS);
});
page.search.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
  page.main.querySelector<HTMLElement>("a.entry")?.focus();
});

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !typing && !page.search.hidden) {
    event.preventDefault();
    page.searchInput.focus();
  } else if (event.key === "ArrowDown" && (event.target === document.body || typing)) {
    const first = page.main.querySelector<HTMLElement>("a.entry");
    if (first) event.preventDefault();
    first?.focus();
  } else if (event.key === "Escape" && !document.fullscreenElement) {
    if (typing) page.searchInput.blur();
    app?.up();
  }
});
