/// <reference lib="dom" />
import { button, element, icon } from "./dom.ts";
import { SORT_KEYS, type Sorting, type SortKey } from "./sorting.ts";

const LABELS: Record<SortKey, string> = { name: "Name", size: "Size", modified: "Date" };

/** What a first click sorts by: names from A, the largest, the latest. */
const USUALLY_DESCENDING: Record<SortKey, boolean> = { name: false, size: true, modified: true };

const DIRECTIONS: Record<SortKey, readonly [ascending: string, descending: string]> = {
  name: ["A to Z", "Z to A"],
  size: ["smallest first", "largest first"],
  modified: ["oldest first", "latest first"],
};

/** Heads of the columns, which sort by them; a second click turns the order round. */
export function sortHeads(sorting: Sorting, choose: (sorting: Sorting) => void): HTMLElement {
  const heads = SORT_KEYS.map((by) => {
    const head = button(element("span", {}, LABELS[by], icon("up")), () => {
      const descending = by === sorting.by ? !sorting.descending : USUALLY_DESCENDING[by];
      choose(sorting = { by, descending });
      show();
    }, { class: `head ${by}` });
    return head;
  });
  const show = () => {
    heads.forEach((head, i) => {
      const by = SORT_KEYS[i]!;
      const chosen = by === sorting.by;
      head.setAttribute("aria-pressed", String(chosen));
      head.classList.toggle("descending", chosen && sorting.descending);
      const direction = DIRECTIONS[by][Number(chosen && sorting.descending)];
      head.setAttribute("aria-label", chosen ? `${LABELS[by]}, ${direction}` : LABELS[by]);
    });
  };
  show();
  return element("div", { class: "heads", role: "group", "aria-label": "Sort by" }, ...heads);
}
