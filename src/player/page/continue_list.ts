/// <reference lib="dom" />
import { mayRead } from "../../trust/scope.ts";
import type { PageContext } from "./context.ts";
import { button, element, icon } from "./dom.ts";
import { formatTime } from "./format.ts";
import { formatLocation, placeOf } from "./location.ts";
import type { BegunFilm } from "./positions.ts";

/** Films that are shown at first, on a phone and on larger windows, and at most. */
const FEW_ON_PHONES = 2;
const FEW = 4;
const MANY = 40;

/** The films behind the link that were begun, each with a way to go on and one to forget it; undefined where there are none. */
export function continueList(context: PageContext): HTMLElement | undefined {
  const films = context.positions.begun().filter(({ path }) => mayRead(context.scope, path)).slice(0, MANY);
  if (films.length === 0) return undefined;
  const list = element("ul");
  const heading = element("h2", { id: "continue", tabindex: "-1" }, "Continue watching");
  const section = element("section", { class: "continue", "aria-labelledby": "continue" }, heading, list);
  const show = (some: readonly BegunFilm[]) => {
    list.append(...some.map((film) =>
      filmItem(context, film, (item) => {
        context.positions.remove(film.path);
        const next = item.nextElementSibling ?? item.previousElementSibling;
        item.remove();
        if (next) next.querySelector("a")?.focus();
        else section.remove();
      })
    ));
  };
  const few = matchMedia("(max-width: 40rem)").matches ? FEW_ON_PHONES : FEW;
  show(films.slice(0, few));
  if (films.length > few) {
    const more = button(`Show all ${films.length}`, () => {
      more.remove();
      show(films.slice(few));
      list.children[few]?.querySelector("a")?.focus();
    });
    section.append(more);
  }
  return section;
}

function filmItem(context: PageContext, film: BegunFilm, remove: (item: Element) => void): HTMLLIElement {
  const { path, at, duration } = film;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const href = formatLocation(placeOf(context.location, path, false));
  const item = element("li");
  item.append(
    element(
      "a",
      { href, title: name },
      element("span", { class: "name", dir: "auto" }, name),
      element("span", { class: "hint" }, `Go on at ${formatTime(at)} of ${formatTime(duration)}`),
      // The words say the same.
      element("progress", { max: String(duration), value: String(at), "aria-hidden": "true" }),
    ),
    button(icon("close"), () => remove(item), {
      class: "quiet",
      "aria-label": `Remove ${name} from this list`,
      title: "Remove from this list",
    }),
  );
  return item;
}
