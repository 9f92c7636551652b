import type { Cue } from "../../cue.ts";
import { type EmbeddedEvents, MalformedFile, MAX_LINE, type ReadBytes } from "../track.ts";
import { type Movie, readMovie } from "./movie.ts";
import type { Sample } from "./sample_table.ts";
import { timedText, webvttTexts } from "./sample_text.ts";
import type { Mp4Track } from "./text_track.ts";

/** So far ahead of what is shown the lines are fetched, in seconds. */
const AHEAD = 30;

/** Lines are fetched with one request where no more than this lies between them, in bytes, */
const GAP = 16 << 10;
/** and it is no larger than this. */
const MAX_REQUEST = 256 << 10;

/** Fetches the lines of an MP4 film around what is shown, with small reads of its own. */
export class Mp4Subtitles {
  readonly #read: ReadBytes;
  readonly #events: EmbeddedEvents;
  readonly #fetched = new Set<Sample>();
  readonly #movie: Promise<Movie>;
  #busy = false;
  #wanted: { readonly track: number; readonly time: number } | undefined;

  /** @param size of the file, in bytes */
  constructor(size: number, read: ReadBytes, events: EmbeddedEvents) {
    this.#read = read;
    this.#events = events;
    this.#movie = readMovie(read, size).catch(() => ({ tracks: [], audioLanguage: undefined }));
    void this.#movie.then((movie) => events.tracks(movie));
  }

  /** What is shown and when, in seconds of the file. */
  async want(track: number, time: number): Promise<void> {
    this.#wanted = { track, time };
    if (this.#busy) return;
    this.#busy = true;
    try {
      const { tracks } = await this.#movie;
      for (let batch = this.#next(tracks); batch !== undefined; batch = this.#next(tracks)) {
        await this.#fetch(batch.track, batch.samples);
      }
    } catch {
      // What cannot be read is not shown; playing tells of it.
    } finally {
      this.#busy = false;
    }
  }

  /** The samples of the next request, for the place that is wanted by now. */
  #next(tracks: readonly Mp4Track[]): { track: Mp4Track; samples: Sample[] } | undefined {
    const { track: id, time } = this.#wanted!;
    const track = tracks.find((track) => track.id === id);
    if (track?.format === undefined) return undefined;
    const seconds = (units: number) => units * track.scale + track.delay;
    const first = track.samples.findIndex((sample) =>
      seconds(sample.end) > time && seconds(sample.start) < time + AHEAD && !this.#fetched.has(sample)
    );
    return first < 0 ? undefined : { track, samples: neighbours(track.samples, first) };
  }

  async #fetch(track: Mp4Track, samples: readonly Sample[]): Promise<void> {
    const [from, last] = [samples[0]!.offset, samples.at(-1)!];
    for (const sample of samples) this.#fetched.add(sample);
    if (last.offset + last.size - from > MAX_REQUEST) return;
    const bytes = await this.#read(from, last.offset + last.size - from);
    const cues = samples.flatMap((sample) => {
      const at = sample.offset - from;
      return sampleCues(track, sample, bytes.subarray(at, at + sample.size));
    });
    this.#events.cues(track.id, cues);
  }
}

/** A sample and those that lie right behind it in the file, whenever they are shown. */
function neighbours(samples: readonly Sample[], first: number): Sample[] {
  const found = [samples[first]!];
  const from = found[0]!.offset;
  for (const sample of samples.slice(first + 1)) {
    const last = found.at(-1)!;
    const gap = sample.offset - last.offset - last.size;
    if (gap < 0 || gap > GAP || sample.offset + sample.size - from > MAX_REQUEST) break;
    found.push(sample);
  }
  return found;
}

function sampleCues(track: Mp4Track, { start, end, size }: Sample, bytes: Uint8Array): Cue[] {
  if (bytes.length < size || size > MAX_LINE) return [];
  const [from, to] = [start * track.scale + track.delay, end * track.scale + track.delay];
  try {
    const texts = track.format === "tx3g" ? [timedText(bytes)] : webvttTexts(bytes);
    return to > Math.max(0, from)
      ? texts.filter((text) => text !== "").map((text) => ({ start: from, end: to, text }))
      : [];
  } catch (error) {
    if (error instanceof MalformedFile) return [];
    throw error;
  }
}
