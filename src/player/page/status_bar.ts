/// <reference lib="dom" />
import type { ConnectStep, PathInfo, PersistentState } from "../client/mod.ts";
import { button, element } from "./dom.ts";
import { formatRoundTrip, formatSpeed } from "./format.ts";
import { problem } from "./problem.ts";

const STEPS: Record<ConnectStep, string> = {
  relay: "Asking the relay…",
  agent: "Waiting for the box…",
  network: "Connecting…",
};

const ROUTES: Record<PathInfo["route"], string> = {
  direct: "Direct",
  relayed: "Relayed",
  unknown: "Connected",
};

/** Says how the connection stands: a line at the top always, and a notice where something is wrong. */
export class StatusBar {
  /** The line. Only the state is announced by screen readers, not every figure. */
  readonly element: HTMLElement;
  /** The notice; empty while all is well. */
  readonly notice = element("div", { class: "notice" });

  readonly #state = element("span", { class: "state", role: "status" });
  readonly #figures = element("span", { class: "figures" });
  readonly #retry: () => void;
  #countdown: ReturnType<typeof setInterval> | undefined;
  #troubled = false;

  /** @param retry connects now */
  constructor(retry: () => void) {
    this.#retry = retry;
    this.element = element("div", { class: "status" }, this.#state, this.#figures);
  }

  /** The connection's state has changed. */
  show(state: PersistentState): void {
    clearInterval(this.#countdown);
    this.element.dataset["state"] = state.kind;
    if (state.kind !== "open") this.#figures.textContent = "";
    switch (state.kind) {
      case "connecting":
        this.#say(STEPS[state.step]);
        // The reason for the last failure stays to be read until this try has ended.
        return;
      case "open":
        this.#say(ROUTES.unknown);
        this.#troubled = false;
        return this.notice.replaceChildren();
      case "interrupted":
        return this.#say("Interrupted, waiting…");
      case "waiting":
        this.#say("Not connected");
        return this.#wait(state.error.message, state.retryAt);
      case "failed":
        this.#say("Not connected");
        this.#troubled = true;
        return this.notice.replaceChildren(problem(state.error, this.#retry));
      case "closed":
        this.#say("Not connected");
        return this.notice.replaceChildren();
    }
  }

  /** Figures of an open connection; `bytesPerSecond` 0 is not shown. */
  measure(path: PathInfo, bytesPerSecond: number): void {
    if (this.element.dataset["state"] !== "open") return;
    this.#say(ROUTES[path.route]);
    const figures = [];
    if (bytesPerSecond > 0) figures.push(formatSpeed(bytesPerSecond));
    if (path.roundTripMs !== undefined) figures.push(formatRoundTrip(path.roundTripMs));
    this.#figures.textContent = figures.join(" · ");
  }

  #say(text: string): void {
    // An equal text would be announced again.
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  #wait(message: string, retryAt: number): void {
    const when = element("span", { class: "hint" });
    const tick = () => {
      const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
      when.textContent = `Trying again in ${seconds} s.`;
    };
    tick();
    this.#countdown = setInterval(tick, 1000);
    const line = element(
      "div",
      { class: "problem line", role: this.#troubled ? "none" : "alert" },
      element("p", {}, message, " ", when),
      button("Try now", this.#retry),
    );
    this.#troubled = true;
    this.notice.replaceChildren(line);
  }
}
