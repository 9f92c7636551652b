/** A directory that goes when the test ends. */
export class TempDir implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TempDir> {
    return new TempDir(await Deno.realPath(await Deno.makeTempDir()));
  }

  /** Writes a file below the directory and answers its path. */
  async put(name: string, content: Uint8Array | string): Promise<string> {
    const path = `${this.path}/${name}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A file of `size` bytes whose byte `k` is that of the wire vectors' files. */
export function patterned(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, k) => (k * 7 + 3) % 256);
}
