/// <reference lib="dom" />

/** Whether an address asks for technical details: `?debug` before the fragment, or `&debug` in it. */
export function asksForDebug(search: string, fragment: string): boolean {
  return new URLSearchParams(search).has("debug") ||
    new URLSearchParams(fragment.replace(/^#/, "")).has("debug");
}

/** Whether this page's address does. In the fragment it would be lost with the next folder: it is moved. */
export function isDebugPage(): boolean {
  const { search, hash, pathname } = globalThis.location;
  if (!asksForDebug(search, hash)) return false;
  if (!asksForDebug(search, "")) {
    // What a link holds besides is not written anew, but kept as it is.
    const rest = hash.slice(1).split("&").filter((field) => !/^debug(=|$)/.test(field)).join("&");
    history.replaceState(history.state, "", `${pathname}?debug#${rest}`);
  }
  return true;
}
