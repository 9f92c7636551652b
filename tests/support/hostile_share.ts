import { patterned, TempDir } from "./temp_dir.ts";

/** What lies outside; nobody may ever be sent it. */
export const SECRET = "this lies outside the share";

export const FILM = patterned(4 << 20);

/** A shared folder among others, with everything in it that could lead out of it. */
export class HostileShare implements AsyncDisposable {
  readonly #dir: TempDir;
  readonly #socket: Deno.Listener | undefined;

  private constructor(dir: TempDir, socket: Deno.Listener | undefined, readonly hasDevices: boolean) {
    this.#dir = dir;
    this.#socket = socket;
  }

  static async make(): Promise<HostileShare> {
    const dir = await TempDir.make();
    for (
      const path of [
        "outside/secret.bin",
        "outside/inner.bin",
        "media2/secret.bin",
        "media/.hidden/secret.bin",
      ]
    ) {
      await dir.put(path, SECRET);
    }
    await dir.put("media/film.bin", FILM);
    await dir.put("media/folder/inner.bin", "inside");
    await dir.put("media/line\nfeed.bin", SECRET);
    const links: Record<string, string> = {
      "link.bin": `${dir.path}/outside/secret.bin`,
      "folder/inner-link.bin": "../../outside/inner.bin",
      "relative-link.bin": "../outside/secret.bin",
      "folder-link": "../outside",
      "chain-1": "chain-2",
      "chain-2": "folder/../link.bin",
      "passwd": "/etc/passwd",
      "root": "/",
      "up": "..",
      "descriptor": "/proc/self/fd/0",
      "descriptors": "/proc/self/fd",
      "environ": "/proc/self/environ",
      "memory": "/proc/self/mem",
      "stdin": "/dev/stdin",
      "loop": "loop",
      "nowhere": "../outside/nothing",
      "to-hidden": ".hidden/secret.bin",
    };
    for (const [name, target] of Object.entries(links)) {
      await Deno.symlink(target, `${dir.path}/media/${name}`);
    }
    const made = (command: string, ...args: string[]) =>
      new Deno.Command(command, { args, stderr: "null" }).output().then(
        ({ success }) => success,
        () => false,
      );
    if (!await made("mkfifo", `${dir.path}/media/pipe.mp4`)) throw new Error("no pipe could be made");
    const hasDevices = await made("mknod", `${dir.path}/media/zero.mp4`, "c", "1", "5") &&
      await made("mknod", `${dir.path}/media/terminal.mp4`, "c", "5", "0");
    // A path that is too long for a socket's address is left without one.
    let socket: Deno.Listener | undefined;
    try {
      socket = Deno.listen({ transport: "unix", path: `${dir.path}/media/socket.mp4` });
    } catch {
      // Asked for all the same: then nothing is there.
    }
    return new HostileShare(dir, socket, hasDevices);
  }

  /** The shared folder. */
  get media(): string {
    return `${this.#dir.path}/media`;
  }

  /** Beside the shared folder. */
  get outside(): string {
    return `${this.#dir.path}/outside`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.close();
    await this.#dir[Symbol.asyncDispose]();
  }

  /** Paths none of which may be served. */
  get paths(): string[] {
    const secret = "outside/secret.bin";
    return [
      ...["/etc/passwd", "//etc/passwd", "/", `${this.outside}/secret.bin`, `${this.media}2/secret.bin`],
      ...[`${this.media}/../${secret}`, `file://${this.outside}/secret.bin`, "~/.profile", "~root"],
      ...["/proc/self/fd", "/proc/self/fd/0", "/proc/self/environ", "/proc/self/cwd/main.ts", "/dev/stdin"],
      // Upwards, in every spelling.
      ...["..", "../", "..\\", ".", "./", "...", "../media2/secret.bin", `../${secret}`],
      ...[`folder/../../${secret}`, `folder/../film.bin`, "./film.bin", `....//${secret}`, `..;/${secret}`],
      ...["..\\outside\\secret.bin", "folder\\..\\..\\outside\\secret.bin", `..\\/${secret}`],
      ...[`%2e%2e/${secret}`, `%2e%2e%2f${secret}`, `..%2f${secret}`, `..%5coutside%5csecret.bin`],
      ...[`%252e%252e/${secret}`, `%252e%252e%252f${secret}`, `%c0%ae%c0%ae/${secret}`, `..%c0%af${secret}`],
      ...[`\u00c0\u00ae\u00c0\u00ae/${secret}`, `%u002e%u002e/${secret}`, `\ud800../${secret}`],
      // Full-width dots and slashes, leaders, and a slash that is a division.
      ...[`\uff0e\uff0e/${secret}`, `..\uff0f${secret}`, `\u2024\u2024/${secret}`, `\u2025/${secret}`],
      ...[`..\u2215${secret}`, "film%2ebin", "film.bin?", "film.bin#", "film.bin/..", "film.bin/x"],
      // NUL and other controls.
      ...["\0", "film.bin\0", "film.bin\0.mp4", `../${secret}\0`, "film.bin\n", "\r\nfilm.bin"],
      ...["\u001b[2Jfilm.bin", "film.bin\u007f", "film.bin\u0085", `..\n/${secret}`, "line\nfeed.bin"],
      // Links, and what is no regular file.
      ...["link.bin", "relative-link.bin", "folder-link", "folder-link/secret.bin", "chain-1", "passwd"],
      ...["root", "root/etc/passwd", "up", `up/${secret}`, "descriptor", "descriptors/0", "environ"],
      ...["memory", "stdin", "loop", "loop/x", "nowhere", "to-hidden", ".hidden", ".hidden/secret.bin"],
      ...["pipe.mp4", "socket.mp4", "zero.mp4", "terminal.mp4"],
      // Very long ones.
      ...["x".repeat(255), "x".repeat(256), "x".repeat(4_000), "a/".repeat(2_000), "../".repeat(1_300)],
      // What Windows would understand.
      ...["C:\\Windows\\win.ini", "C:film.bin", "C:", "\\\\server\\share\\film.bin", "\\\\?\\C:\\x"],
      ...["\\\\.\\PhysicalDrive0", "CON", "NUL.txt", "COM1", "film.bin::$DATA", "film.bin:stream"],
      ...["FILM~1.BIN", "film.bin.", "film.bin "],
    ];
  }
}
