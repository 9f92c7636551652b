/// <reference lib="dom" />
import { toPlayerError } from "../client/mod.ts";
import { readBytes } from "../media/read_bytes.ts";
import { ENCODINGS, guessEncoding } from "../subtitles/decode_text.ts";
import { element } from "./dom.ts";
import { formatSize } from "./format.ts";
import type { Content, Frame } from "./frame.ts";
import { problem } from "./problem.ts";
import { textBlocks } from "./text_blocks.ts";

/** So much of a text is shown, in bytes. */
export const MAX_TEXT = 4e6;

/** What `.nfo` files draw their frames with; the box-drawing characters of code page 437 are at the same places. */
const DOS = "ibm866";

/** A text, whatever its encoding. Nothing in it is markup. */
export class Text implements Content {
  readonly #frame: Frame;
  readonly #stop = new AbortController();
  readonly #encoding = element("select", { "aria-label": "Encoding", class: "button" });
  #bytes = new Uint8Array(0);

  constructor(frame: Frame) {
    this.#frame = frame;
    for (const [value, name] of [...Object.entries(ENCODINGS), [DOS, "DOS"]]) {
      this.#encoding.append(element("option", { value: value! }, name));
    }
    this.#encoding.onchange = () => this.#show(this.#encoding.value);
    void this.#load();
  }

  dispose(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    const { file, actions } = this.#frame;
    const { signal } = this.#stop;
    this.#frame.note(element("p", { class: "hint" }, "Loading…"));
    try {
      const bytes = await readBytes(file, 0, MAX_TEXT, { signal });
      // A character that is cut in half is in no encoding.
      this.#bytes = bytes.byteLength < file.size
        ? bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1 || undefined)
        : bytes;
    } catch (cause) {
      if (signal.aborted) return;
      return this.#frame.note(problem(toPlayerError(cause), () => void this.#load()));
    }
    if (signal.aborted) return;
    this.#frame.note();
    if (file.size > MAX_TEXT) {
      const shown = formatSize(MAX_TEXT);
      this.#frame.say(`This is the beginning, ${shown}. Download the file to read all of it.`);
    }
    const guess = guessEncoding(this.#bytes);
    const isNfo = /\.(nfo|diz)$/i.test(this.#frame.name);
    const encoding = isNfo && guess === "windows-1252" ? DOS : guess;
    this.#show(encoding);
    // A mark at its beginning leaves no doubt.
    if (encoding.startsWith("utf-16")) return;
    this.#encoding.value = encoding;
    actions.prepend(this.#encoding);
  }

  #show(encoding: string): void {
    const text = new TextDecoder(encoding).decode(this.#bytes);
    const blocks = textBlocks(text).map((block) => element("pre", { dir: "auto" }, block));
    this.#frame.stage.replaceChildren(element("div", { class: "text" }, ...blocks));
  }
}
