/// <reference lib="dom" />
import { element } from "./dom.ts";
import type { Content, Frame } from "./frame.ts";

/**
 * A PDF in the browser's own viewer, where it has one: that runs in a process and an origin of its own, and
 * the answer's type leaves the browser no choice to take the file for anything else.
 */
export function showPdf({ name, url, stage, actions, say }: Frame): Content {
  // Without a service worker there is no address that a viewer could load.
  if (url === undefined) say("Download this document to read it.");
  else {
    actions.prepend(
      element("a", { href: url, class: "button", target: "_blank", rel: "noopener" }, "Open in a new tab"),
    );
    if (navigator.pdfViewerEnabled) stage.replaceChildren(element("iframe", { src: url, title: name }));
    else say("This browser shows no documents inside a page. Open it in a new tab, or download it.");
  }
  return { dispose: () => stage.replaceChildren() };
}
