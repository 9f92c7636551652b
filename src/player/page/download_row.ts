/// <reference lib="dom" />
import type { Download } from "../downloads/download.ts";
import { button, element, icon } from "./dom.ts";
import { formatSize, formatSpeed } from "./format.ts";
import { SpeedMeter } from "./speed_meter.ts";
import { formatTimeLeft } from "./time_left.ts";

/** Longer than a slow box pauses between two pieces, in milliseconds. */
const SPEED_WINDOW_MS = 8_000;

/** One line of the list of downloads. */
export class DownloadRow {
  readonly element: HTMLLIElement;
  readonly #download: Download;
  readonly #bar: HTMLProgressElement;
  readonly #amount = element("p", { class: "amount" });
  readonly #message = element("p", { class: "message" });
  readonly #pause: HTMLButtonElement;
  readonly #goOn: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  #meter = new SpeedMeter(SPEED_WINDOW_MS);
  #speed = 0;

  /** @param remove takes the line away; what runs is cancelled by it */
  constructor(download: Download, remove: () => void) {
    this.#download = download;
    const { name } = download;
    this.#bar = element("progress", { max: "1", value: "0", "aria-label": `Download of ${name}` });
    this.#pause = button(icon("pause"), () => this.#hold(), {
      class: "quiet",
      title: "Pause",
      "aria-label": `Pause ${name}`,
    });
    this.#goOn = button("Go on", () => void download.goOn());
    this.#remove = button(icon("close"), remove, { class: "quiet" });
    this.element = element(
      "li",
      {},
      element("p", { class: "name", title: name }, name),
      element("div", { class: "buttons" }, this.#goOn, this.#pause, this.#remove),
      this.#bar,
      this.#amount,
      this.#message,
    );
  }

  /** Shows how it stands. @param isConnected whether the box can be reached */
  show(isConnected: boolean): void {
    const { state, received, total, message, name, work } = this.#download;
    this.element.dataset["state"] = state;
    const isOver = state === "done" || state === "failed";
    const isKnown = Number.isFinite(total) && total > 0;
    if (isKnown) this.#bar.value = state === "done" ? 1 : received / total;
    // A bar without a value says that something goes on, and nothing of how far.
    else if (state === "running") this.#bar.removeAttribute("value");
    else this.#bar.value = state === "done" ? 1 : 0;
    this.#bar.hidden = isOver;
    this.#amount.textContent = this.#amountText(isConnected);
    this.#amount.hidden = this.#amount.textContent === "";
    const hint = !isOver && !work.isResumable ? "Keep this page open until it is finished." : undefined;
    this.#message.textContent = message ?? hint ?? "";
    this.#message.hidden = this.#message.textContent === "";

    const mayGoOn = state === "paused" || (state === "failed" && work.isResumable);
    this.#pause.hidden = state !== "running" && state !== "waiting";
    this.#goOn.hidden = !mayGoOn;
    const goOn = state === "failed" ? "Try again" : "Go on";
    this.#goOn.textContent = goOn;
    this.#goOn.setAttribute("aria-label", `${goOn}: ${name}`);
    const remove = isOver ? "Remove" : "Cancel";
    this.#remove.title = isOver ? "Remove from this list" : "Cancel";
    this.#remove.setAttribute("aria-label", `${remove} ${name}`);
  }

  /** Measures the speed; at regular intervals. @param now milliseconds of any steady clock */
  measure(now: number): void {
    if (this.#download.state === "running") this.#speed = this.#meter.sample(this.#download.received, now);
    else this.#rest();
  }

  #hold(): void {
    this.#download.pause();
    // The button is gone; the keyboard is where it goes on.
    this.#goOn.focus();
  }

  #rest(): void {
    this.#meter = new SpeedMeter(SPEED_WINDOW_MS);
    this.#speed = 0;
  }

  #amountText(isConnected: boolean): string {
    const { state, received, total } = this.#download;
    const isKnown = Number.isFinite(total) && total > 0;
    const amount = isKnown
      ? `${formatSize(Math.min(received, total))} of ${formatSize(total)}`
      : received > 0
      ? formatSize(received)
      : "";
    const parts = {
      waiting: [amount, "Waiting for the others"],
      running: !isConnected
        ? [amount, "Waiting for the connection"]
        : this.#speed === 0
        ? [amount]
        : [amount, formatSpeed(this.#speed), isKnown ? formatTimeLeft(total - received, this.#speed) : ""],
      paused: [amount, "Paused"],
      done: [formatSize(received), "Finished"],
      failed: [],
      cancelled: [],
    }[state];
    return parts.filter((part) => part !== "").join(" · ");
  }
}
