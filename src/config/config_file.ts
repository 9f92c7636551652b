import { parse, TomlError, type TomlTable } from "smol-toml";
import * as v from "valibot";
import { FILE_KEYS, type FileKey, type FileValue, SECRET_KEYS } from "./file_keys.ts";
import { ConfigError, type Given, type Origin } from "./origin.ts";
import { readableByOthers } from "./secrets.ts";

/** The configuration file, parsed and checked. */
export class ConfigFile {
  readonly #values = new Map<FileKey, unknown>();
  #readableByOthers = false;

  /**
   * @param text of the file, TOML 1.0
   * @throws {ConfigError} with line and column, or with the key whose value is wrong
   */
  constructor(readonly path: string, text: string) {
    const table = parsed(path, text);
    for (const key of Object.keys(FILE_KEYS) as FileKey[]) {
      const raw = this.#find(table, key);
      if (raw === undefined) continue;
      const result = v.safeParse<v.GenericSchema>(FILE_KEYS[key], raw);
      if (!result.success) throw this.#fault(key, result.issues[0].message);
      if (result.output !== undefined) this.#values.set(key, result.output);
    }
  }

  /**
   * Reads a file that was named.
   *
   * @throws {ConfigError}
   */
  static async read(path: string): Promise<ConfigFile> {
    try {
      const file = new ConfigFile(path, await readText(path));
      file.#readableByOthers = await readableByOthers(path);
      return file;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      const why = error instanceof Deno.errors.NotFound ? "it does not exist" : "it cannot be read";
      throw new ConfigError(`${path}: ${why}`, { kind: "file", name: path });
    }
  }

  /**
   * Reads a file where there is one.
   *
   * @throws {ConfigError}
   */
  static async readIfThere(path: string): Promise<ConfigFile | undefined> {
    try {
      await Deno.stat(path);
    } catch {
      // Where its directory may not be entered, nobody can tell whether it is there.
      return undefined;
    }
    return await ConfigFile.read(path);
  }

  /** A sentence where others may read a secret in the file. */
  get warning(): string | undefined {
    const secret = SECRET_KEYS.find((key) => this.#values.has(key));
    if (secret === undefined || !this.#readableByOthers) return undefined;
    return `${this.path} holds ${secret} and every user of this machine may read it: chmod 600 helps`;
  }

  get<K extends FileKey>(key: K): Given<FileValue<K>> | undefined {
    const value = this.#values.get(key) as FileValue<K> | undefined;
    return value === undefined ? undefined : { value, origin: this.#origin(key) };
  }

  #origin(key: string): Origin {
    return { kind: "file", name: `${key} in ${this.path}` };
  }

  #fault(key: string, message: string): ConfigError {
    const origin = this.#origin(key);
    return new ConfigError(`${origin.name} ${message}`, origin);
  }

  #find(table: TomlTable, key: FileKey): unknown {
    let value: unknown = table;
    const parts = key.split(".");
    for (const [index, part] of parts.entries()) {
      if (!isTable(value)) throw this.#fault(parts.slice(0, index).join("."), "takes a table");
      if (!Object.hasOwn(value, part)) return undefined;
      value = value[part];
    }
    return value;
  }
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

async function readText(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${path}: it is not UTF-8`, { kind: "file", name: path });
  }
}

function parsed(path: string, text: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The further lines of its message show the text of the file, and with it perhaps a key.
    const what = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw new ConfigError(`${path}, line ${error.line}, column ${error.column}: ${what}`, {
      kind: "file",
      name: path,
    });
  }
}
