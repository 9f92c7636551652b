/// <reference lib="dom" />
import { beginsWith } from "./sorting.ts";
import type { VirtualList } from "./virtual_list.ts";

/** After so long a letter begins another name, in milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Arrows, Home, End, Page Up and Page Down move between the rows of a list; letters lead to the next name that
 * begins with them.
 *
 * @param signal ends it
 */
export function moveByKeys(list: VirtualList, signal: AbortSignal): void {
  let typed = "";
  let typedAt = -Infinity;

  const find = (letter: string, time: number) => {
    if (time - typedAt > PAUSE_MS) typed = "";
    typedAt = time;
    // One letter again and again leads from each name to the next.
    const again = typed === letter;
    if (!again) typed += letter;
    const { items, active } = list;
    const from = typed.length === 1 ? active + 1 : active;
    for (let i = 0; i < items.length; i++) {
      const at = (from + i) % items.length;
      if (beginsWith(items[at]!.name, typed)) return list.focus(at);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
    const { key } = event;
    const target = event.target as Element;
    const inList = list.element.contains(target);
    // Where nothing has the focus, the list has it.
    if (!inList && !target.matches("body, main")) return;
    const isTyping = event.timeStamp - typedAt <= PAUSE_MS && typed !== "";
    const to = inList
      ? {
        ArrowDown: list.active + 1,
        ArrowUp: list.active - 1,
        Home: 0,
        End: list.items.length - 1,
        PageDown: list.active + list.pageSize,
        PageUp: list.active - list.pageSize,
      }[key]
      : { ArrowDown: list.active, Home: 0, End: list.items.length - 1 }[key];
    if (to !== undefined && !event.shiftKey) list.focus(to);
    else if ([...key].length === 1 && (isTyping || !/[\s/?]/.test(key))) find(key, event.timeStamp);
    else return;
    event.preventDefault();
  }, { signal });
}
