/// <reference lib="dom" />

/** What the page remembers between visits. */
export type PageStorage = Pick<Storage, "getItem" | "setItem">;

/** The browser's; one that keeps nothing where it allows none, which it says when it is asked for it. */
export function pageStorage(): PageStorage {
  let storage: PageStorage = { getItem: () => null, setItem: () => {} };
  try {
    storage = globalThis.localStorage;
  } catch {
    // As it is.
  }
  return storage;
}
