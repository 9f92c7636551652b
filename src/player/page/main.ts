/// <reference lib="dom" />
/** The page's entry: finds its elements, follows the address, and listens to the keyboard. */
import { App, type Page, welcome } from "./app.ts";
import { showHelp } from "./help.ts";
import { formatLocation, homeOf, parseLocation } from "./location.ts";

/** After the last key of a search, in milliseconds. */
const SEARCH_PAUSE_MS = 250;

function find<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

const page: Page = {
  main: find("main"),
  announcer: find("announcer"),
  status: find("status"),
  notice: find("notice"),
  downloads: find("downloads"),
  home: find("home"),
  boxName: find("box-name"),
  search: find("search"),
  searchInput: find("search-input"),
};

// Each view knows where it was left.
history.scrollRestoration = "manual";
find("help").addEventListener("click", showHelp);

let location = parseLocation(globalThis.location.hash);
let app: App | undefined;

if (location.token === "") welcome(page);
else {
  app = new App(page, location);
  void app.start();
}

addEventListener("hashchange", () => {
  const next = parseLocation(globalThis.location.hash);
  const sameLink = homeOf(next) === homeOf(location);
  location = next;
  // Another token, box, key or grant is another connection, and nothing of the old one should stay.
  if (app && sameLink) app.go(next);
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
  firstEntry()?.focus();
});

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
  const target = event.target as Element;
  if (target.closest("dialog")) return;
  const typing = target.matches("input, select, textarea");
  if (event.key === "/" && !typing && !page.search.hidden) page.searchInput.select();
  else if (event.key === "?" && !typing) showHelp();
  else if (event.key === "ArrowDown" && target === page.searchInput) firstEntry()?.focus();
  else if (
    (event.key === "Escape" && !document.fullscreenElement) || (event.key === "Backspace" && !typing)
  ) {
    if (typing) (target as HTMLElement).blur();
    app?.up();
  } else return;
  event.preventDefault();
});

function firstEntry(): HTMLElement | null {
  return page.main.querySelector<HTMLElement>("a.entry");
}
