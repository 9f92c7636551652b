/// <reference lib="dom" />
import { PlayerError } from "../client/mod.ts";
import { mediaKind } from "../media/content_types.ts";
import { mediaUrl } from "../media/media_url.ts";
import { parentOf } from "./breadcrumb.ts";
import { button, element, icon } from "./dom.ts";
import type { Content, Frame } from "./frame.ts";
import { imageElement, type MediaElement } from "./media_element.ts";
import { beside } from "./neighbours.ts";
import { problem } from "./problem.ts";
import type { RowEntry } from "./row_entry.ts";
import { inOrder, knownSorting } from "./sorting.ts";
import { pageStorage } from "./storage.ts";

/** A larger neighbour is not fetched before anybody asks for it, in bytes. */
const MAX_PRELOADED = 32e6;

/** A picture, with ways to those before and after it in its folder. */
export class Picture implements Content {
  readonly #frame: Frame;
  readonly #image: MediaElement;
  readonly #stop = new AbortController();
  readonly #ready: Promise<void>;
  #go: { previous?: () => void; next?: () => void } = {};

  /** @param url where the browser loads it from */
  constructor(frame: Frame, url: string) {
    this.#frame = frame;
    this.#image = imageElement(frame.name, url);
    frame.stage.replaceChildren(this.#image.element);
    this.#ready = new Promise((resolve) => {
      this.#image.onready = (facts) => {
        frame.note();
        frame.describe(facts);
        resolve();
      };
    });
    this.#image.onproblem = (message) => {
      const error = new PlayerError("read-error", message);
      frame.note(problem(error, () => {
        frame.note();
        this.#image.reload();
      }));
    };
    document.addEventListener("keydown", (event) => this.#key(event), { signal: this.#stop.signal });
    void this.#findNeighbours();
  }

  dispose(): void {
    this.#stop.abort();
    this.#image.dispose();
  }

  async #findNeighbours(): Promise<void> {
    const { context, path, actions } = this.#frame;
    const { signal } = this.#stop;
    const listing = context.listings.get(parentOf(context.location).path);
    try {
      await listing.load(signal, () => {});
    } catch {
      return; // A picture by itself is better than none.
    }
    const all = inOrder(listing.entries, knownSorting(pageStorage()));
    const pictures = all.filter(({ kind, name }) => kind === "file" && mediaKind(name) === "image");
    const { index, previous, next } = beside(pictures, path);
    if (signal.aborted || index < 0 || pictures.length < 2) return;
    const place = element("span", { class: "hint place" }, `${index + 1} of ${pictures.length}`);
    actions.prepend(this.#step("previous", previous), place, this.#step("next", next));
    if (next) void this.#preload(next);
  }

  #step(to: "previous" | "next", target: RowEntry | undefined): HTMLButtonElement {
    const go = () => target && this.#frame.replace(target.path);
    this.#go[to] = go;
    const label = to === "previous" ? "Previous picture" : "Next picture";
    const keys = to === "previous" ? "ArrowLeft" : "ArrowRight";
    const made = button(icon(to), go, { "aria-label": label, title: label, "aria-keyshortcuts": keys });
    made.disabled = target === undefined;
    return made;
  }

  async #preload({ path, size }: RowEntry): Promise<void> {
    const { clientId } = this.#frame.context;
    await this.#ready;
    if (clientId === undefined || size > MAX_PRELOADED || this.#stop.signal.aborted) return;
    const image = new Image();
    image.src = mediaUrl({ clientId, path, download: false });
    this.#stop.signal.addEventListener("abort", () => image.removeAttribute("src"));
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if ((event.target as Element).matches("input, select, textarea, dialog *")) return;
    const go = { ArrowLeft: this.#go.previous, ArrowRight: this.#go.next }[event.key];
    if (!go) return;
    event.preventDefault();
    go();
  }
}
