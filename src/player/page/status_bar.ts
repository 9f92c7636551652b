/// <reference lib="dom" />
import type { ConnectStep, PathInfo, PersistentSession, PersistentState } from "../client/mod.ts";
import { DebugView } from "./diagnosis/debug_view.ts";
import { isDebugPage } from "./diagnosis/debug_flag.ts";
import { Notice } from "./diagnosis/notice.ts";
import { Outages } from "./diagnosis/outages.ts";
import { Panel } from "./diagnosis/panel.ts";
import type { ReportParts } from "./diagnosis/report.ts";
import { SpeedGraph } from "./diagnosis/speed_graph.ts";
import type { Timeline } from "./diagnosis/timeline.ts";
import { routeWord } from "./diagnosis/words.ts";
import { element } from "./dom.ts";
import { formatRoundTrip, formatSpeed } from "./format.ts";
import { SpeedMeter } from "./speed_meter.ts";

const STEPS: Record<ConnectStep, string> = {
  relay: "Asking the relay…",
  agent: "Waiting for the box…",
  network: "Connecting…",
};

const PANEL = "connection";

/** How the connection stands: a badge at the top with a panel, a notice where something is wrong, and details. */
export class StatusBar {
  /** The badge and its panel. */
  readonly element: HTMLElement;
  /** Technical details, for the end of the page. */
  readonly debug: HTMLElement;
  /** What the film that plays needs, in bytes a second; undefined where it is not known. */
  needs: number | undefined;
  /** The box's version, once known. */
  boxVersion: string | undefined;

  readonly #session: PersistentSession;
  readonly #timeline: Timeline;
  readonly #notice: Notice;
  readonly #speed = new SpeedMeter();
  readonly #outages = new Outages();
  readonly #panel: Panel;
  readonly #debugView: DebugView;
  /** Only the state is announced by screen readers, not every figure. */
  readonly #state = element("span", { class: "state" });
  readonly #announced = element("span", { class: "announced", role: "status" });
  readonly #figures = element("span", { class: "figures" });
  readonly #graph = new SpeedGraph(60, 16);
  readonly #badge: HTMLButtonElement;
  #path: PathInfo = { route: "unknown" };

  constructor(session: PersistentSession, timeline: Timeline) {
    this.#session = session;
    this.#timeline = timeline;
    this.#notice = new Notice(() => session.retry());
    this.#debugView = new DebugView(() => this.#parts());
    this.debug = this.#debugView.element;
    this.#panel = new Panel(PANEL, () => {
      this.#toggle(false);
      this.#debugView.show();
      this.debug.focus();
      this.debug.scrollIntoView();
    });
    this.#badge = element(
      "button",
      { type: "button", class: "badge", "aria-expanded": "false", "aria-controls": PANEL },
      this.#state,
      this.#figures,
    );
    this.#badge.append(this.#graph.element);
    this.#badge.addEventListener("click", () => this.#toggle(this.#panel.element.hidden === true));
    this.element = element("div", { class: "status" }, this.#announced, this.#badge, this.#panel.element);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#panel.element.hidden) return;
      // Escape leads one folder up elsewhere on the page.
      event.preventDefault();
      this.#toggle(false);
      this.#badge.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.element.contains(event.target as Node)) this.#toggle(false);
    });
    if (isDebugPage()) this.#debugView.show();
  }

  /** The notice; empty while all is well. */
  get notice(): HTMLElement {
    return this.#notice.element;
  }

  /** The connection's state has changed. */
  show(state: PersistentState): void {
    this.element.dataset["state"] = state.kind;
    this.#outages.connected(state.kind === "open", Date.now());
    if (state.kind !== "open") {
      this.#figures.textContent = "";
      this.#path = { route: "unknown" };
    }
    switch (state.kind) {
      case "connecting":
        this.#say(STEPS[state.step]);
        return this.#notice.trying();
      case "open":
        this.#say(routeWord(this.#path));
        void this.#look(0);
        return this.#notice.clear();
      case "interrupted":
        this.#say("Interrupted, waiting…");
        return this.#notice.interrupted();
      case "waiting":
        this.#say("Not connected");
        return this.#notice.wait(state, this.#outages.openedAt !== undefined);
      case "failed":
        this.#say("Not connected");
        return this.#notice.failed(state.error);
      case "closed":
        this.#say("Not connected");
        return this.#notice.clear();
    }
  }

  /** Looks at the connection; to be called once a second. */
  async measure(): Promise<void> {
    const speed = this.#speed.sample(this.#session.bytesReceived, performance.now());
    if (document.visibilityState === "hidden") return;
    await this.#look(speed);
    this.#graph.show(this.#speed.history);
    if (!this.#panel.element.hidden) this.#showPanel(speed);
  }

  async #look(speed: number): Promise<void> {
    const { state } = this.#session;
    if (state.kind !== "open") return;
    this.#path = await state.session.path();
    // It may have broken meanwhile.
    if (this.element.dataset["state"] !== "open") return;
    this.#say(routeWord(this.#path));
    const figures = [];
    if (speed > 0) figures.push(formatSpeed(speed));
    if (this.#path.roundTripMs !== undefined) figures.push(formatRoundTrip(this.#path.roundTripMs));
    this.#figures.textContent = figures.join(" · ");
  }

  #showPanel(speed: number): void {
    this.#panel.show({
      state: this.#session.state.kind === "open" ? "Connected" : this.#state.textContent ?? "",
      path: this.#path,
      speed: this.#speed,
      now: speed,
      received: this.#session.bytesReceived,
      outages: this.#outages,
      needs: this.needs,
      boxVersion: this.boxVersion,
    });
  }

  #toggle(open: boolean): void {
    this.#panel.element.hidden = !open;
    this.#badge.setAttribute("aria-expanded", String(open));
    if (open) this.#showPanel(this.#speed.history.at(-1) ?? 0);
  }

  #say(text: string): void {
    // An equal text would be announced again.
    if (this.#state.textContent === text) return;
    this.#state.textContent = this.#announced.textContent = text;
  }

  async #parts(): Promise<ReportParts> {
    const { state } = this.#session;
    return {
      details: "session" in state ? await state.session.details() : undefined,
      timeline: this.#timeline,
      outages: this.#outages,
      browser: navigator.userAgent,
      boxVersion: this.boxVersion,
      received: this.#session.bytesReceived,
      peak: this.#speed.peak,
    };
  }
}
