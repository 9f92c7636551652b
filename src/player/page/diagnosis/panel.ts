/// <reference lib="dom" />
import type { PathInfo } from "../../client/mod.ts";
import { button, element } from "../dom.ts";
import { formatRoundTrip, formatSize, formatSpeed, formatTime } from "../format.ts";
import type { SpeedMeter } from "../speed_meter.ts";
import type { Outages } from "./outages.ts";
import { SpeedGraph } from "./speed_graph.ts";
import { formatDuration, lossWords, protocolWords, routeSentence } from "./words.ts";

/** Interruptions that are listed. */
const MAX_LISTED = 5;

/** What is known of the connection, besides the path. */
export interface Facts {
  readonly state: string;
  readonly path: PathInfo;
  readonly speed: SpeedMeter;
  /** Bytes a second. */
  readonly now: number;
  readonly received: number;
  readonly outages: Outages;
  /** What the film that plays needs, in bytes a second. */
  readonly needs: number | undefined;
  readonly boxVersion: string | undefined;
}

/** Tells how the connection is, in figures. */
export class Panel {
  readonly element: HTMLElement;
  readonly #graph = new SpeedGraph(300, 60);
  readonly #facts = element("dl", { class: "facts" });
  readonly #rows = new Map<string, HTMLElement>();

  /** @param onDetails asked for more than this */
  constructor(id: string, onDetails: () => void) {
    this.element = element(
      "section",
      { class: "connection", id, hidden: true, "aria-label": "Connection" },
      element("div", { class: "minute" }),
      this.#facts,
      button("Technical details", onDetails),
    );
    this.element.firstElementChild!.append(
      this.#graph.element,
      element("p", { class: "hint" }, "Last minute"),
    );
  }

  show({ state, path, speed, now, received, outages, needs, boxVersion }: Facts): void {
    this.#graph.show(speed.history);
    this.#row("State", state);
    this.#row("Way", path.route === "unknown" ? undefined : routeSentence(path));
    this.#row("Protocol", path.route === "unknown" ? undefined : protocolWords(path));
    this.#row("Round trip", path.roundTripMs === undefined ? undefined : formatRoundTrip(path.roundTripMs));
    this.#row("Speed", formatSpeed(now));
    this.#row("Highest speed", formatSpeed(speed.peak));
    this.#row("Film needs", needs === undefined ? undefined : formatSpeed(needs));
    this.#row("Received", formatSize(received));
    this.#row("Losses", lossWords(path));
    const { openedAt, count } = outages;
    this.#row(
      "Connected for",
      openedAt === undefined ? undefined : formatTime((Date.now() - openedAt) / 1000),
    );
    this.#row("Interruptions", count === 0 ? "None" : `${count}: ${listed(outages)}`);
    this.#row("Box", boxVersion === undefined ? undefined : `Version ${boxVersion}`);
  }

  /** A fact that is not known has no row. */
  #row(name: string, text: string | undefined): void {
    let row = this.#rows.get(name);
    if (!row) {
      row = element("dd");
      this.#rows.set(name, row);
      this.#facts.append(element("div", {}, element("dt", {}, name), row));
    }
    row.parentElement!.hidden = text === undefined;
    if (text !== undefined && row.textContent !== text) row.textContent = text;
  }
}

function listed(outages: Outages): string {
  return outages.latest.slice(-MAX_LISTED).map(({ since, duration }) => {
    const at = new Date(since).toLocaleTimeString();
    return duration === undefined ? `since ${at}` : `${formatDuration(duration)} at ${at}`;
  }).join(", ");
}
