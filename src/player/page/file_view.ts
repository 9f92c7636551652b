/// <reference lib="dom" />
import { PlayerError, toPlayerError } from "../client/mod.ts";
import type { FileLease } from "../media/media_bridge.ts";
import { contentType, mediaKind } from "../media/content_types.ts";
import { mediaUrl } from "../media/media_url.ts";
import { breadcrumb } from "./breadcrumb.ts";
import type { PageContext, View } from "./context.ts";
import { button, element } from "./dom.ts";
import { MAX_COLLECTED } from "./downloads.ts";
import { formatSize } from "./format.ts";
import { type MediaElement, mediaElement } from "./media_element.ts";
import { problem } from "./problem.ts";

const NO_WORKER = {
  insecure:
    "This page came over plain HTTP from another machine. Browsers allow streaming only over HTTPS, " +
    "or on the machine itself.",
  unsupported: "This browser window allows no service workers (a private window, perhaps), and streaming " +
    "needs one.",
  failed: "The service worker that streaming needs did not start. Loading the page again may help.",
} as const;

/** One file: played or shown where the browser can, and offered for download. */
export class FileView implements View {
  readonly element = element("article", { class: "file" });
  readonly title: string;

  readonly #context: PageContext;
  readonly #path: string;
  readonly #stage = element("div", { class: "stage" });
  readonly #note = element("div", { class: "note" });
  readonly #details = element("p", { class: "details" });
  readonly #actions = element("div", { class: "actions" });
  readonly #onMissing: () => void;
  #lease: FileLease | undefined;
  #media: MediaElement | undefined;
  #objectUrl: string | undefined;
  #disposed = false;

  /** @param onMissing called where there is no such file; it may be a folder */
  constructor(context: PageContext, onMissing: () => void) {
    this.#context = context;
    this.#path = context.location.path;
    this.#onMissing = onMissing;
    this.title = this.#path.slice(this.#path.lastIndexOf("/") + 1);
    const about = element(
      "div",
      { class: "about" },
      element("div", {}, element("h1", {}, this.title), this.#details),
      this.#actions,
    );
    this.element.append(breadcrumb(context.location), this.#stage, about, this.#note);
    void this.#open();
  }

  dispose(): void {
    this.#disposed = true;
    this.#media?.dispose();
    this.#lease?.release(false);
    if (this.#objectUrl !== undefined) URL.revokeObjectURL(this.#objectUrl);
  }

  async #open(): Promise<void> {
    this.#note.replaceChildren(element("p", { class: "hint" }, "Opening…"));
    try {
      const lease = await this.#context.files.use(this.#path);
      if (this.#disposed) return lease.release(false);
      this.#lease = lease;
    } catch (cause) {
      if (this.#disposed) return;
      const error = toPlayerError(cause);
      this.#note.replaceChildren(problem(error, () => void this.#open()));
      if (error.type === "not-found") this.#onMissing();
      return;
    }
    this.#note.replaceChildren();
    const { size } = this.#lease.file;
    this.#details.textContent = formatSize(size);
    this.#actions.replaceChildren(
      this.#context.downloads.control(this.#path, this.title, size, "button", "Download"),
    );
    this.#present(size);
  }

  #present(size: number): void {
    const kind = mediaKind(this.title);
    if (kind === "other" || !canShow(this.title)) {
      return this.#say(
        kind === "other"
          ? "This kind of file is not played in the browser. Download it to open it elsewhere."
          : "This browser cannot play this format. Download the file to play it elsewhere.",
      );
    }
    const { clientId, noWorker } = this.#context;
    if (clientId !== undefined) {
      return this.#show(mediaUrl({ clientId, path: this.#path, download: false }));
    }
    this.#say(
      `${NO_WORKER[noWorker ?? "failed"]} Files up to ${formatSize(MAX_COLLECTED)} can be loaded whole.`,
    );
    if (size > MAX_COLLECTED) return;
    const load = button(`Load ${formatSize(size)} and open`, () => void this.#collect(load), {
      class: "primary",
    });
    this.#actions.prepend(load);
  }

  #show(url: string): void {
    const media = mediaElement(mediaKind(this.title), this.title, url);
    this.#media = media;
    this.#stage.replaceChildren(media.element);
    media.onready = (facts) => {
      this.#note.replaceChildren();
      const size = formatSize(this.#lease!.file.size);
      this.#details.textContent = [size, ...facts].join(" · ");
    };
    media.onproblem = (message) => {
      const error = new PlayerError("read-error", message);
      this.#note.replaceChildren(problem(error, () => {
        this.#note.replaceChildren();
        media.reload();
      }));
    };
    // Space and arrows then work at once; a picture has no use for them.
    if (media.element instanceof HTMLMediaElement) media.element.focus();
  }

  async #collect(load: HTMLButtonElement): Promise<void> {
    load.disabled = true;
    try {
      const blob = await this.#context.downloads.blob(this.#path, this.title);
      if (this.#disposed) return;
      this.#objectUrl = URL.createObjectURL(blob);
      load.remove();
      this.#note.replaceChildren();
      this.#show(this.#objectUrl);
    } catch {
      load.disabled = false; // The list of downloads says why.
    }
  }

  #say(sentence: string): void {
    this.#note.replaceChildren(element("p", { class: "sentence" }, sentence));
  }
}

/** Whether this browser may be able to show a file of this name. */
function canShow(name: string): boolean {
  const kind = mediaKind(name);
  return kind === "image" || document.createElement("video").canPlayType(contentType(name)) !== "";
}
