/// <reference lib="dom" />
import type { PlayerError } from "../client/mod.ts";
import { explain } from "./diagnosis/explain.ts";
import type { Explanation } from "./diagnosis/explanation.ts";
import { button, element } from "./dom.ts";

/** What went wrong, in words, what to do about it, and a way on. */
export function problem(error: PlayerError, retry?: () => void): HTMLElement {
  const explanation = explain(error);
  return element(
    "div",
    { class: explanation.isRefusal ? "problem refusal" : "problem", role: "alert" },
    element("h2", {}, explanation.title),
    element("p", {}, explanation.sentence),
    ...whatToDo(explanation),
    // To try again is not what helps against somebody.
    retry && button("Try again", retry, { class: explanation.isRefusal ? undefined : "primary" }),
  );
}

/** The steps, the command, and what was seen. */
export function whatToDo({ steps, command, seen }: Explanation): HTMLElement[] {
  const parts: HTMLElement[] = [
    element("ul", { class: "steps" }, ...steps.map((step) => element("li", {}, step))),
  ];
  if (command) parts.push(element("code", { class: "command", tabindex: "0" }, command));
  if (seen) {
    parts.push(
      element(
        "details",
        { class: "seen" },
        element("summary", {}, "What was seen"),
        element("ul", {}, ...seen.map((sight) => element("li", {}, sight))),
      ),
    );
  }
  return parts;
}
