/// <reference lib="dom" />
import type { View } from "./context.ts";
import { element } from "./dom.ts";
import { type PageLocation, pastedLocation } from "./location.ts";

/** Shown where the address has no token. */
export class WelcomeView implements View {
  readonly element: HTMLElement;
  readonly title = "Open your link";

  /** @param onLink told the link that was pasted */
  constructor(onLink: (location: PageLocation) => void) {
    const input = element("input", {
      id: "link",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      autocapitalize: "off",
      required: true,
    });
    const form = element(
      "form",
      {},
      element("label", { for: "link" }, "Link or token"),
      element("div", { class: "field" }, input, element("button", { class: "primary" }, "Open")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const location = pastedLocation(input.value);
      if (location.token !== "") onLink(location);
    });
    this.element = element(
      "section",
      { class: "panel" },
      element("h1", {}, "Open your link"),
      element(
        "p",
        {},
        "The box printed a link when it started; it ends in #token=… Open that link, or paste it here.",
      ),
      form,
    );
  }
}
