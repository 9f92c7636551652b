/// <reference lib="dom" />
import { PlayerError } from "../../client/mod.ts";
import { button, element } from "../dom.ts";
import { problem, whatToDo } from "../problem.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";

/** A film that was cut off often goes on within this, in milliseconds: the page is not to jump for it. */
const PATIENCE_MS = 4_000;

interface Trouble {
  readonly error: PlayerError;
  /** In milliseconds since 1970. */
  readonly retryAt: number;
}

/** What is wrong with the connection, above all else on the page; empty while all is well. */
export class Notice {
  readonly element = element("div", { class: "notice" });
  readonly #retry: () => void;
  #hint = element("span", { class: "hint" });
  #countdown: ReturnType<typeof setInterval> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #trouble: Trouble | undefined;
  #isTrying = false;
  /** What is said, so that a next failure of which the same is to be said leaves it as it stands. */
  #said = "";

  /** @param retry connects now */
  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** All is well. */
  clear(): void {
    clearInterval(this.#countdown);
    clearTimeout(this.#patience);
    this.#patience = this.#trouble = undefined;
    this.#said = "";
    this.element.replaceChildren();
  }

  /** A try is under way; the reason for the last failure stays to be read. */
  trying(): void {
    this.#isTrying = true;
    this.#count();
  }

  /** Nothing more is tried. */
  failed(error: PlayerError): void {
    this.clear();
    this.element.replaceChildren(problem(error, this.#retry));
  }

  /**
   * Something is wrong, and will be tried again.
   *
   * @param wasOpen there has been a connection: it may be back soon, and what to do is not said at once
   */
  wait(trouble: Trouble, wasOpen: boolean): void {
    this.#isTrying = false;
    this.#note(trouble, wasOpen);
  }

  /** The connection is silent; other ways are being tried. */
  interrupted(): void {
    this.#isTrying = true;
    const error = new PlayerError("connection-lost", "The box is not heard any more.");
    this.#note({ error, retryAt: 0 }, true);
  }

  #note(trouble: Trouble, wasOpen: boolean): void {
    this.#trouble = trouble;
    if (this.#said !== "" || !wasOpen) return this.#show(wasOpen);
    this.#patience ??= setTimeout(() => this.#show(true), PATIENCE_MS);
  }

  #show(wasOpen: boolean): void {
    if (!this.#trouble) return;
    const explanation = explain(this.#trouble.error);
    // What was seen differs with each try.
    const said = [explanation.title, explanation.sentence, ...explanation.steps].join("\n");
    if (said !== this.#said) this.#say(explanation, !wasOpen);
    this.#said = said;
    this.#count();
  }

  /** The countdown, or that a try is under way. */
  #count(): void {
    clearInterval(this.#countdown);
    const tick = () => {
      const seconds = Math.max(1, Math.ceil(((this.#trouble?.retryAt ?? 0) - Date.now()) / 1000));
      this.#hint.textContent = this.#isTrying ? "Trying…" : `Trying again in ${seconds} s.`;
    };
    tick();
    if (!this.#isTrying) this.#countdown = setInterval(tick, 1000);
  }

  #say(explanation: Explanation, isOpen: boolean): void {
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
