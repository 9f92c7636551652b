/// <reference lib="dom" />
import type { PageContext, View } from "./context.ts";
import { element } from "./dom.ts";
import { hasFolders, topName } from "./link_scope.ts";
import { homeOf } from "./location.ts";

/** In place of a folder that the link does not list. */
export class UnlistedView implements View {
  readonly element: HTMLElement;
  readonly title = "Not in this link";

  constructor({ location, scope }: PageContext) {
    const way = hasFolders(scope)
      ? element("p", {}, element("a", { href: homeOf(location), class: "button" }, `Go to ${topName(scope)}`))
      : element("p", { class: "hint" }, "Open the whole link that you were given: it names a file.");
    this.element = element(
      "section",
      { class: "panel" },
      element("h1", {}, this.title),
      element("p", {}, "This link does not show what is in this folder."),
      way,
    );
  }
}
