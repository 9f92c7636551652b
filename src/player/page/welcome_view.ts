/// <reference lib="dom" />
import type { View } from "./context.ts";
import { element } from "./dom.ts";
import { pastedToken } from "./location.ts";

/** Shown where the address has no token. */
export class WelcomeView implements View {
  readonly element: HTMLElement;
  readonly title = "Open your link";

  /** @param onToken told the token that was pasted */
  constructor(onToken: (token: string) => void) {
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
      const token = pastedToken(input.value);
      if (token !== "") onToken(token);
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
