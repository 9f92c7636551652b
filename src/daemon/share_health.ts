/** A folder that does not open within so many checks is not readable: a network drive may hang. */
const PATIENCE = 3;

/** Whether shared folders can be opened, asked now and then. */
export class ShareHealth {
  readonly #roots: readonly string[];
  #readable = true;
  #checking = false;
  #missed = 0;

  /** @param roots canonical paths */
  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** As of the last check that came to an end, or false where one does not. */
  get readable(): boolean {
    return this.#readable && this.#missed < PATIENCE;
  }

  /** Begins to look, unless it still does; a drive that hangs holds one call and no more. */
  check(): void {
    if (this.#checking) {
      this.#missed++;
      return;
    }
    this.#checking = true;
    void this.#look().then((readable) => this.#readable = readable).finally(() => {
      this.#checking = false;
      this.#missed = 0;
    });
  }

  async #look(): Promise<boolean> {
    try {
      await Promise.all(this.#roots.map(opens));
      return true;
    } catch {
      return false;
    }
  }
}

/** Windows has no way to open a folder; there it is enough that it is there. */
async function opens(path: string): Promise<void> {
  if (Deno.build.os === "windows") await Deno.stat(path);
  else (await Deno.open(path)).close();
}
