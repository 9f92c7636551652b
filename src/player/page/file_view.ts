/// <reference lib="dom" />
import { PlayerError, toPlayerError } from "../client/mod.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import type { FileLease } from "../media/media_bridge.ts";
import { sniff, SNIFF_SIZE } from "../media/sniff.ts";
import { mediaUrl } from "../media/media_url.ts";
import { breadcrumb } from "./breadcrumb.ts";
import type { PageContext, View } from "./context.ts";
import { element } from "./dom.ts";
import { MAX_COLLECTED } from "./downloads.ts";
import { formatSize } from "./format.ts";
import { imageElement, type MediaElement, nativeElement } from "./media_element.ts";
import { hasText, HEAD_SIZE } from "../subtitles/embedded/matroska/head.ts";
import { Mp4Subtitles } from "../subtitles/embedded/mp4/mp4_subtitles.ts";
import { Remuxer } from "../remux/remuxer.ts";
import { remuxedElement } from "./remuxed_element.ts";
import { canPlay, FORMATS, isNative, type Shown } from "./shown_formats.ts";
import { soundChoice } from "./sound_choice.ts";
import { goOn, notePosition } from "./resume.ts";
import { Subtitles } from "./subtitles.ts";
import { problem } from "./problem.ts";

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
  #subtitles: Subtitles | undefined;
  #endNotes: () => void = () => {};
  /** Where it was left, in seconds, until it goes on there. */
  #left: number | undefined;
  #objectUrl: string | undefined;
  #disposed = false;

  /** @param onMissing called where there is no such file; it may be a folder */
  constructor(context: PageContext, onMissing: () => void) {
    this.#context = context;
    this.#path = context.location.path;
    this.#left = context.positions.get(this.#path);
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
    this.#endNotes();
    this.#media?.dispose();
    this.#subtitles?.dispose();
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
        this.#describe(lease.file.size);
      }
      await this.#present(this.#lease.file);
    } catch (cause) {
      if (this.#disposed) return;
      const error = toPlayerError(cause);
      this.#note.replaceChildren(problem(error, () => void this.#open()));
      if (error.type === "not-found") this.#onMissing();
    }
  }

  #describe(size: number): void {
    this.#details.textContent = formatSize(size);
    this.#actions.replaceChildren(
      this.#context.downloads.control(this.#path, this.title, size, "button", "Download"),
    );
  }

  async #present(file: RangedFile): Promise<void> {
    const format = sniff(await head(file));
    if (this.#disposed) return;
    this.#note.replaceChildren();
    const shown = FORMATS[format];
    const { clientId } = this.#context;
    const url = clientId === undefined
      ? undefined
      : mediaUrl({ clientId, path: this.#path, download: false });
    if (shown === undefined) return this.#say(NOT_SHOWN);
    if (shown.kind === "image") {
      return url === undefined ? this.#loadWhole(shown) : this.#show(imageElement(this.title, url));
    }
    if (shown.kind === "video") {
      this.#subtitles = new Subtitles(this.#context, this.#path, this.#stage);
      this.#actions.prepend(this.#subtitles.element);
    }
    const isTaken = url === undefined || !isNative(shown) ||
      format === "webm" && hasText(await head(file, HEAD_SIZE));
    if (this.#disposed) return;
    if (isTaken) return this.#playRemuxed(shown);
    const media = this.#playNative(shown, url);
    // Browsers play the picture of an MP4 file whose sound they cannot decode, and are silent about it.
    if (format !== "mp4") return;
    this.#subtitles?.embed((events) =>
      new Mp4Subtitles(file.size, async (offset, length) => await head(file, length, offset), events)
    );
    media.element.addEventListener("playing", () => this.#look(media), { once: true });
  }

  /** Looks into a film that the browser plays, and takes it apart where it lacks a decoder. */
  async #look(media: MediaElement): Promise<void> {
    const { file } = this.#lease!;
    const remuxer = new Remuxer(file, this.#context.media);
    try {
      const { mimeType } = await remuxer.facts;
      if (canPlay(mimeType) || this.#media !== media || this.#disposed) return;
      const { currentTime } = media.element as HTMLMediaElement;
      media.dispose();
      this.#playRemuxed({ kind: "video" }, currentTime);
    } catch {
      // The browser seems to know better.
    } finally {
      remuxer.close();
    }
  }

  #playNative(shown: Shown, url: string): MediaElement {
    const media = nativeElement(shown.kind, this.title, url);
    this.#show(media);
    const { onproblem } = media;
    media.onproblem = (message) => {
      const { error, currentTime } = media.element as HTMLMediaElement;
      if (error?.code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED || currentTime > 0) {
        return onproblem(message);
      }
      // What the browser does not take as a whole, it may take in pieces.
      media.dispose();
      this.#playRemuxed({ kind: shown.kind });
    };
    return media;
  }

  #playRemuxed(shown: Shown, from = 0): void {
    const media = remuxedElement(shown.kind, this.title, this.#lease!.file, this.#context.media, from);
    this.#subtitles?.embed((events) => {
      media.onsubtitles = events;
      return media;
    });
    this.#show(media);
    media.onunplayable = (message) => {
      media.dispose();
      this.#stage.replaceChildren();
      // Such as MP3 without a service worker: no piece of it will do, but the whole.
      if (isNative(shown) && this.#lease!.file.size <= MAX_COLLECTED) return void this.#loadWhole(shown);
      this.#say(`${message} Download it to play it elsewhere.`);
    };
    media.onsounds = (sounds) => this.#actions.prepend(soundChoice(sounds, (id) => media.choose(id)));
  }

  /** For files that browsers take as they are, where no service worker answers for their address. */
  async #loadWhole({ kind }: Shown): Promise<void> {
    if (this.#lease!.file.size > MAX_COLLECTED) {
      return this.#say(`Files over ${formatSize(MAX_COLLECTED)} are not shown here. Download it instead.`);
    }
    try {
      const blob = await this.#context.downloads.blob(this.#path, this.title);
      if (this.#disposed) return;
      const url = this.#objectUrl = URL.createObjectURL(blob);
      this.#show(kind === "image" ? imageElement(this.title, url) : nativeElement(kind, this.title, url));
    } catch {
      // The list of downloads says why.
    }
  }

  #show(media: MediaElement): void {
    this.#media = media;
    this.#stage.replaceChildren(media.element);
    this.#subtitles?.attach(media.element);
    this.#endNotes();
    if (media.element instanceof HTMLMediaElement) {
      this.#endNotes = notePosition(media.element, this.#path, this.#context.positions);
    }
    media.onready = (facts) => {
      this.#note.replaceChildren();
      this.#resume(media.element);
      this.#tellNeed(media.element);
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

  /** What is read ahead follows the film. */
  #tellNeed(media: HTMLElement): void {
    const { size } = this.#lease!.file;
    const duration = media instanceof HTMLMediaElement ? media.duration : NaN;
    if (Number.isFinite(size / duration)) this.#context.media.need(this.#path, size / duration);
  }

  /** Once: a film that is taken apart after all is where it was. */
  #resume(media: HTMLElement): void {
    const at = this.#left;
    this.#left = undefined;
    if (at !== undefined && media instanceof HTMLMediaElement) this.#note.replaceChildren(goOn(media, at));
  }

  #say(sentence: string): void {
    this.#note.replaceChildren(element("p", { class: "sentence" }, sentence));
  }
}

const NOT_SHOWN = "This kind of file is not played in the browser. Download it to open it elsewhere.";

async function head(file: RangedFile, length = SNIFF_SIZE, offset = 0): Promise<Uint8Array> {
  return new Uint8Array(await new Response(file.read(offset, length)).arrayBuffer());
}
