import { MalformedFile, MAX_TRACKS, type ReadBytes } from "../track.ts";
import { type BoxHead, boxHead, MAX_HEAD, mp4Guard, viewOf } from "./box.ts";
import { type Mp4Track, parseMediaHeader, parseTextTrack, TEXT_HANDLERS } from "./text_track.ts";

/** What the index of an MP4 file says of text. */
export interface Movie {
  readonly tracks: readonly Mp4Track[];
  /** BCP 47, of the sound that is heard first. */
  readonly audioLanguage: string | undefined;
}

/** Heads of boxes that are looked at, at most. */
const MAX_BOXES = 4_000;
/** Of a box that is read whole, in bytes. */
const MAX_BOX = 8 << 20;
/** Read at once: heads of boxes lie near one another, but for large tables between them. */
const WINDOW = 8 << 10;

/**
 * Reads of an MP4 file's index what concerns text; the tables of picture and sound are gone over.
 *
 * @throws {MalformedFile}
 */
export async function readMovie(read: ReadBytes, size: number): Promise<Movie> {
  const file = new BoxReader(read);
  const moov = await file.find({ content: 0, end: size }, "moov");
  if (moov === undefined) return { tracks: [], audioLanguage: undefined };
  const header = await file.find(moov, "mvhd");
  const movieScale = header === undefined ? 1 : scaleOf(await file.content(header));
  const texts: Mp4Track[] = [];
  const chapters = new Set<number>();
  let audioLanguage: string | undefined;
  for await (const trak of file.children(moov)) {
    if (trak.type !== "trak" || texts.length >= MAX_TRACKS) continue;
    const references = await file.find(trak, "tref");
    for await (const reference of references === undefined ? [] : file.children(references)) {
      if (reference.type !== "chap") continue;
      const ids = viewOf(await file.content(reference));
      for (let at = 0; at + 4 <= ids.byteLength; at += 4) chapters.add(ids.getUint32(at));
    }
    const mdia = await file.find(trak, "mdia");
    const handler = mdia && await file.find(mdia, "hdlr");
    if (mdia === undefined || handler === undefined) continue;
    const kind = new TextDecoder("latin1").decode((await file.content(handler)).subarray(8, 12));
    if (kind === "soun") audioLanguage ??= await audioLanguageOf(file, mdia);
    if (TEXT_HANDLERS.has(kind)) texts.push(parseTextTrack(await file.content(trak), movieScale));
  }
  return { tracks: texts.filter(({ id }) => !chapters.has(id)), audioLanguage };
}

async function audioLanguageOf(file: BoxReader, mdia: Place): Promise<string | undefined> {
  // Without the tables that follow.
  const minf = await file.find(mdia, "minf");
  const head = { content: mdia.content, end: minf === undefined ? mdia.end : minf.content - 8 };
  return parseMediaHeader(await file.content(head)).language;
}

function scaleOf(mvhd: Uint8Array): number {
  return mp4Guard(() => {
    const view = viewOf(mvhd);
    return view.getUint32(view.getUint8(0) === 1 ? 20 : 12) || 1;
  });
}

type Place = Pick<BoxHead, "content" | "end">;

/** Goes from box to box of a file that is far away. */
class BoxReader {
  readonly #read: ReadBytes;
  #window = new Uint8Array(0);
  #from = 0;
  #boxes = 0;

  constructor(read: ReadBytes) {
    this.#read = read;
  }

  async *children({ content, end }: Place): AsyncGenerator<BoxHead> {
    for (let at = content; at + 8 <= end;) {
      if (++this.#boxes > MAX_BOXES) throw new MalformedFile("the file has too many boxes");
      const head = boxHead(await this.#at(at, Math.min(MAX_HEAD, end - at)), at, end);
      yield head;
      at = head.end;
    }
  }

  async find(place: Place, type: string): Promise<BoxHead | undefined> {
    for await (const box of this.children(place)) if (box.type === type) return box;
    return undefined;
  }

  async content({ content, end }: Place): Promise<Uint8Array> {
    if (end - content > MAX_BOX) throw new MalformedFile("a box is too large");
    return await this.#at(content, end - content);
  }

  async #at(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#from || offset + length > this.#from + this.#window.length) {
      this.#window = new Uint8Array(await this.#read(offset, Math.max(length, WINDOW)));
      this.#from = offset;
    }
    return this.#window.subarray(offset - this.#from, offset - this.#from + length);
  }
}
