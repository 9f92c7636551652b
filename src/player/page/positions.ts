import type { PageStorage } from "./storage.ts";

/** Films that are remembered, the latest ones. */
const MAX_FILMS = 500;

/** Nobody wants to go on at the first seconds, nor at the last ones. */
const MARGIN_SECONDS = 10;

const KEY = "positions";

/** Where one film was left. */
interface Place {
  /** Seconds. */
  readonly at: number;
  /** Seconds. */
  readonly duration: number;
  /** Milliseconds since 1970. */
  readonly left: number;
}

/** A film that was begun. */
export interface BegunFilm extends Place {
  readonly path: string;
}

/** Where films were left. This browser alone knows. */
export class Positions {
  readonly #storage: PageStorage;
  readonly #box: string;

  /** @param box so that two boxes may have a film of one path */
  constructor(storage: PageStorage, box: string) {
    this.#storage = storage;
    this.#box = box;
  }

  /** Seconds; undefined where the film was not begun, or seen to its end. */
  get(path: string): number | undefined {
    return this.#read()[this.#key(path)]?.at;
  }

  /** @param duration in seconds */
  set(path: string, at: number, duration: number, now = Date.now()): void {
    const places = this.#read();
    const key = this.#key(path);
    delete places[key];
    if (at >= MARGIN_SECONDS && duration - at >= MARGIN_SECONDS) {
      places[key] = { at: Math.floor(at), duration: Math.floor(duration), left: now };
    }
    this.#write(places);
  }

  /** Forgets a film. */
  remove(path: string): void {
    const places = this.#read();
    delete places[this.#key(path)];
    this.#write(places);
  }

  /** This box's films that were begun, the latest first. */
  begun(): BegunFilm[] {
    const prefix = this.#key("");
    return Object.entries(this.#read())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, place]) => ({ path: key.slice(prefix.length), ...place }))
      .sort((a, b) => b.left - a.left);
  }

  #key(path: string): string {
    return `${this.#box} ${path}`;
  }

  #write(places: Record<string, Place>): void {
    const latest = Object.entries(places).sort(([, a], [, b]) => b.left - a.left).slice(0, MAX_FILMS);
    try {
      this.#storage.setItem(KEY, JSON.stringify(Object.fromEntries(latest)));
    } catch {
      // A browser that keeps nothing, or has no room.
    }
  }

  #read(): Record<string, Place> {
    try {
      const places: unknown = JSON.parse(this.#storage.getItem(KEY) ?? "{}");
      return Object.fromEntries(Object.entries(places as object).filter(([, place]) => isPlace(place)));
    } catch {
      return {};
    }
  }
}

function isPlace(value: unknown): value is Place {
  const { at, duration, left } = (value ?? {}) as Partial<Place>;
  return [at, duration, left].every(Number.isFinite);
}
