/// <reference lib="dom" />
import { button, element } from "../dom.ts";
import { candidateLine, channelLine, pairLine, report, type ReportParts, timelineLines } from "./report.ts";

/** Between two looks at the connection, in milliseconds. */
const REFRESH_MS = 1_000;

/** All that is known of the connection, for people who know networking terms; the source of reports. */
export class DebugView {
  readonly element: HTMLElement;
  readonly #parts: () => Promise<ReportParts>;
  readonly #blocks = new Map<string, HTMLElement>();
  readonly #withAddresses = element("input", { type: "checkbox", id: "with-addresses" });
  readonly #said = element("span", { class: "hint", role: "status" });
  readonly #body = element("div", { class: "blocks" });
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param parts gathers what is known; never rejects */
  constructor(parts: () => Promise<ReportParts>) {
    this.#parts = parts;
    this.#withAddresses.addEventListener("change", () => void this.#refresh());
    this.element = element(
      "section",
      { class: "debug", hidden: true, "aria-label": "Technical details", tabindex: "-1" },
      element(
        "div",
        { class: "bar" },
        element("h2", {}, "Technical details"),
        element(
          "label",
          { for: "with-addresses" },
          this.#withAddresses,
          " With addresses",
        ),
        button("Copy report", () => void this.#copy()),
        button("Close", () => this.hide()),
        this.#said,
      ),
      this.#body,
    );
  }

  show(): void {
    this.element.hidden = false;
    this.#timer ??= setInterval(() => void this.#refresh(), REFRESH_MS);
    void this.#refresh();
  }

  hide(): void {
    this.element.hidden = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #refresh(): Promise<void> {
    if (document.visibilityState === "hidden") return;
    const { details, timeline } = await this.#parts();
    const withAddresses = this.#withAddresses.checked;
    const none = ["No connection."];
    this.#block("States", details ? Object.entries(details.states).map((entry) => entry.join(": ")) : none);
    this.#block(
      "Candidates of this browser",
      details?.own.map((c) => candidateLine(c, withAddresses)) ?? none,
    );
    this.#block("Candidates of the box", details?.box.map((c) => candidateLine(c, withAddresses)) ?? none);
    this.#block("Pairs", details?.pairs.map(pairLine) ?? none);
    this.#block("Channels", details?.channels.map(channelLine) ?? none);
    this.#block("Timeline, milliseconds since the page was opened", timelineLines(timeline));
  }

  #block(name: string, lines: readonly string[]): void {
    let block = this.#blocks.get(name);
    if (!block) {
      block = element("pre", { tabindex: "0", "aria-label": name });
      this.#blocks.set(name, block);
      this.#body.append(element("div", {}, element("h3", {}, name), block));
    }
    const text = lines.join("\n");
    // A text that is the same again would take a selection away.
    if (block.textContent !== text) block.textContent = text;
  }

  async #copy(): Promise<void> {
    const text = report(await this.#parts(), this.#withAddresses.checked);
    try {
      // Absent on pages that came over plain HTTP.
      await navigator.clipboard.writeText(text);
      this.#said.textContent = "Copied.";
    } catch {
      const block = element("textarea", { readonly: true, rows: "12", "aria-label": "Report" });
      block.value = text;
      this.#said.replaceChildren("Copy it from here: ", block);
      block.select();
    }
  }
}
