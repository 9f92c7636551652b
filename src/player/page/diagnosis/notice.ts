/// <reference lib="dom" />
import type { PlayerError } from "../../client/mod.ts";
import { button, element } from "../dom.ts";
import { problem, whatToDo } from "../problem.ts";
import { explain } from "./explain.ts";

/** What is wrong with the connection, above all else on the page; empty while all is well. */
export class Notice {
  readonly element = element("div", { class: "notice" });
  readonly #retry: () => void;
  #hint = element("span", { class: "hint" });
  #countdown: ReturnType<typeof setInterval> | undefined;
  /** What is said, so that a next failure of the same kind leaves it as it stands. */
  #said = "";

  /** @param retry connects now */
  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** All is well. */
  clear(): void {
    clearInterval(this.#countdown);
    this.#said = "";
    this.element.replaceChildren();
  }

  /** A try is under way; the reason for the last failure stays to be read. */
  trying(): void {
    clearInterval(this.#countdown);
    this.#hint.textContent = "Trying…";
  }

  /** Nothing more is tried. */
  failed(error: PlayerError): void {
    this.clear();
    this.element.replaceChildren(problem(error, this.#retry));
  }

  /**
   * Something is wrong, and will be tried again.
   *
   * @param retryAt in milliseconds since 1970
   * @param isOpen says at once what to do
   */
  wait(error: PlayerError, retryAt: number, isOpen: boolean): void {
    clearInterval(this.#countdown);
    const said = `${error.type} ${error.reason}`;
    if (said !== this.#said) this.#say(error, isOpen);
    this.#said = said;
    const tick = () => {
      const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
      this.#hint.textContent = `Trying again in ${seconds} s.`;
    };
    tick();
    this.#countdown = setInterval(tick, 1000);
  }

  #say(error: PlayerError, isOpen: boolean): void {
    const explanation = explain(error);
    this.#hint = element("span", { class: "hint" });
    this.element.replaceChildren(
      element(
        "div",
        { class: "problem waiting" },
        element(
          "div",
          { class: "top" },
          // The countdown is not announced with every second.
          element("div", { role: "alert" }, element("h2", {}, explanation.title)),
          this.#hint,
          button("Try now", this.#retry),
        ),
        element("p", {}, explanation.sentence),
        element(
          "details",
          { open: isOpen },
          element("summary", {}, "What to do"),
          ...whatToDo(explanation),
        ),
      ),
    );
  }
}
