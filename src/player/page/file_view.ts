/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import { contentType, mediaKind } from "../media/content_types.ts";
import type { FileLease } from "../media/media_bridge.ts";
import { mediaUrl } from "../media/media_url.ts";
import { readBytes } from "../media/read_bytes.ts";
import { type FileFormat, sniff, SNIFF_SIZE } from "../media/sniff.ts";
import { STRANGER_HEAD, strangerCodecs, STRANGERS } from "../media/stranger_codecs.ts";
import { breadcrumb } from "./breadcrumb.ts";
import type { PageContext, View } from "./context.ts";
import { element } from "./dom.ts";
import { MAX_COLLECTED } from "./downloads.ts";
import { elsewhere } from "./elsewhere.ts";
import { Film } from "./film.ts";
import { formatSize } from "./format.ts";
import type { Content, Frame } from "./frame.ts";
import { formatLocation } from "./location.ts";
import { showPdf } from "./pdf.ts";
import { Picture } from "./picture.ts";
import { problem } from "./problem.ts";
import { FORMATS } from "./shown_formats.ts";
import { Text } from "./text.ts";

/** One file: played or shown where the browser can, and offered for download. */
export class FileView implements View {
  readonly element = element("article", { class: "file" });
  readonly title: string;

  readonly #context: PageContext;
  readonly #path: string;
  readonly #stage: HTMLElement;
  readonly #about: HTMLElement;
  readonly #note = element("div", { class: "note" });
  readonly #details = element("p", { class: "details" });
  readonly #actions = element("div", { class: "actions" });
  readonly #onMissing: () => void;
  #lease: FileLease | undefined;
  #content: Content | undefined;
  #objectUrl: string | undefined;
  #disposed = false;

  /** @param onMissing called where there is no such file; it may be a folder */
  constructor(context: PageContext, onMissing: () => void) {
    this.#context = context;
    this.#path = context.location.path;
    this.#onMissing = onMissing;
    this.title = this.#path.slice(this.#path.lastIndexOf("/") + 1);
    // The name tells most often how much room it will take.
    this.#stage = element("div", { class: "stage", "data-kind": likelyKind(this.title) });
    this.#about = element(
      "div",
      { class: "about" },
      element("div", {}, element("h1", { dir: "auto" }, this.title), this.#details),
      this.#actions,
    );
    this.element.append(breadcrumb(context.location, context.scope), this.#stage, this.#about, this.#note);
    void this.#open();
  }

  dispose(): void {
    this.#disposed = true;
    this.#content?.dispose();
    this.#lease?.release(false);
    if (this.#objectUrl !== undefined) URL.revokeObjectURL(this.#objectUrl);
  }

  async #open(): Promise<void> {
    this.#note.replaceChildren(element("p", { class: "hint" }, "Opening…"));
    try {
      if (this.#lease === undefined) {
        const lease = await this.#context.files.use(this.#path);
        if (this.#disposed) return lease.release(false);
        this.#lease = lease;
        this.#offerDownload(lease.file.size);
      }
      const { file } = this.#lease;
      const format = sniff(await readBytes(file, 0, SNIFF_SIZE));
      if (this.#disposed) return;
      this.#note.replaceChildren();
      await this.#present(this.#frame(file, format));
    } catch (cause) {
      if (this.#disposed) return;
      const error = toPlayerError(cause);
      this.#stage.removeAttribute("data-kind");
      this.#note.replaceChildren(problem(error, () => void this.#open()));
      if (error.type !== "not-found") return;
      this.#context.positions.remove(this.#path);
      this.#onMissing();
    }
  }

  #offerDownload(size: number): void {
    this.#details.textContent = formatSize(size);
    this.#actions.replaceChildren(
      this.#context.downloads.control(this.#path, this.title, size, "button", "Download"),
    );
  }

  #frame(file: RangedFile, format: FileFormat): Frame {
    const { clientId, location } = this.#context;
    const note = (content?: HTMLElement) => this.#note.replaceChildren(...(content ? [content] : []));
    return {
      context: this.#context,
      path: this.#path,
      name: this.title,
      file,
      format,
      url: clientId === undefined ? undefined : mediaUrl({ clientId, path: this.#path, download: false }),
      stage: this.#stage,
      actions: this.#actions,
      note,
      say: (sentence) => note(element("p", { class: "sentence" }, sentence)),
      describe: (facts) => this.#details.textContent = [formatSize(file.size), ...facts].join(" · "),
      replace: (path) => globalThis.location.replace(formatLocation({ ...location, path })),
    };
  }

  async #present(frame: Frame): Promise<void> {
    const shown = FORMATS[frame.format];
    const kind = shown?.kind ?? (frame.file.size === 0 ? "empty" : "other");
    this.#stage.dataset["kind"] = kind;
    switch (shown?.kind) {
      case undefined:
        if (frame.format in STRANGERS) return await this.#presentStranger(frame);
        return frame.say(kind === "empty" ? EMPTY : NOT_SHOWN);
      case "image":
        return await this.#presentPicture(frame);
      case "text":
        // Nobody scrolls through a long text to what can be done with it.
        this.#stage.before(this.#about, this.#note);
        this.#content = new Text(frame);
        return;
      case "pdf":
        this.#content = showPdf(frame);
        return;
      default:
        this.#content = new Film(frame, shown!);
    }
  }

  /** A film of a container that nothing takes apart here. */
  async #presentStranger(frame: Frame): Promise<void> {
    const codecs = strangerCodecs(frame.format, await readBytes(frame.file, 0, STRANGER_HEAD));
    if (this.#disposed) return;
    const what = codecs.length > 0 ? `; this one holds ${codecs.join(" and ")}` : "";
    frame.note(elsewhere(`Browsers do not play ${STRANGERS[frame.format]} files${what}.`));
  }

  async #presentPicture(frame: Frame): Promise<void> {
    if (frame.url !== undefined) return void (this.#content = new Picture(frame, frame.url));
    if (frame.file.size > MAX_COLLECTED) {
      return frame.say(`Files over ${formatSize(MAX_COLLECTED)} are not shown here. Download it instead.`);
    }
    const blob = await this.#context.downloads.blob(this.#path, this.title);
    if (this.#disposed) return;
    this.#content = new Picture(frame, this.#objectUrl = URL.createObjectURL(blob));
  }
}

const NOT_SHOWN = "This kind of file is not played in the browser. Download it to open it elsewhere.";
const EMPTY = "This file is empty.";

function likelyKind(name: string): string {
  return contentType(name) === "application/pdf" ? "pdf" : mediaKind(name);
}
