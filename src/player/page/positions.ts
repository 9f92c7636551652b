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
  /** Milliseconds since 1970. */
  readonly left: number;
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
      places[key] = { at: Math.floor(at), left: now };
    }
    const latest = Object.entries(places).sort(([, a], [, b]) => b.left - a.left).slice(0, MAX_FILMS);
    try {
      this.#storage.setItem(KEY, JSON.stringify(Object.fromEntries(latest)));
    } catch {
      // A browser that keeps nothing, or has no room.
    }
  }

  #key(path: string): string {
    return `${this.#box} ${path}`;
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
  const { at, left } = (value ?? {}) as Partial<Place>;
  return Number.isFinite(at) && Number.isFinite(left);
}
