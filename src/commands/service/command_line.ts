import type { Command, Option } from "commander";
import { resolve } from "node:path";

/** A service cannot be described as it was asked for; the message is a sentence for the user. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
}

/** An option of the program, as it was given. */
export interface GivenOption {
  /** With its dashes. */
  readonly flag: string;
  /** Undefined for a switch. Paths are absolute. */
  readonly value: string | undefined;
  /** Whether the value is the path of a file, which may hold a secret. */
  readonly file: boolean;
  /** Whether it is a file without a secret, which grows and is read again on SIGHUP: no copy will do. */
  readonly grows: boolean;
}

/** What a service runs. */
export interface ServiceCommand {
  /** Options that come before the command's name. */
  readonly globals: readonly GivenOption[];
  readonly command: string;
  readonly options: readonly GivenOption[];
  /** Folders that it reads, as absolute paths. */
  readonly roots: readonly string[];
  /** Whether its standard output carries a token that it made up, which nobody could learn otherwise. */
  readonly tellsToken: boolean;
}

/**
 * What `command` would be started with, as `given` to the command that describes its service.
 *
 * @throws {ServiceError} for what a service could not run with
 */
export function serviceCommand(program: Command, command: Command, given: Command): ServiceCommand {
  const values = given.optsWithGlobals<Record<string, unknown>>();
  const from = (options: readonly Option[]) =>
    options.flatMap((option) => {
      const key = option.attributeName();
      const source = given.getOptionValueSourceWithGlobals(key);
      return source === undefined || source === "default" ? [] : givenOptions(option, values[key]);
    });
  const roots = folders(values["allowRead"]);
  if (roots.length === 0) {
    throw new ServiceError("a service needs its folders: say which with --allow-read=<folder>");
  }
  if (values["relay"] !== undefined && values["apiKeyFile"] === undefined && values["config"] === undefined) {
    throw new ServiceError("a service reads the relay's key from a file: name it with --api-key-file");
  }
  if (
    values["identityFile"] !== undefined && values["viewerTokenFile"] === undefined &&
    values["config"] === undefined
  ) {
    // Its own link would open everything for good, and be the one place where the token is.
    throw new ServiceError(
      "with --identity-file, links are made by share: name the --viewer-token-file, too",
    );
  }
  return {
    globals: from(program.options),
    command: command.name(),
    options: from(command.options),
    roots,
    tellsToken: [values["relay"], values["viewerTokenFile"], values["config"]].every((it) =>
      it === undefined
    ),
  };
}

/**
 * The arguments of a service's program, each as its file has to write it.
 *
 * @param write takes an argument
 * @param writeFile takes an option with a file, where that has another place for the service
 */
export function serviceArguments(
  { globals, command, options }: ServiceCommand,
  write: (word: string) => string,
  writeFile: (option: GivenOption) => string = (option) => write(`${option.flag}=${option.value}`),
): string[] {
  const words = (all: readonly GivenOption[]) =>
    all.map((option) => {
      if (option.file && !option.grows) return writeFile(option);
      return write(option.value === undefined ? option.flag : `${option.flag}=${option.value}`);
    });
  return [...words(globals), write(command), ...words(options)];
}

/**
 * `text`, when it may stand in a file of lines.
 *
 * @throws {ServiceError}
 */
export function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- no service manager takes them
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new ServiceError(`a service cannot be given control characters: ${JSON.stringify(text)}`);
  }
  return text;
}

function givenOptions(option: Option, value: unknown): GivenOption[] {
  const flag = option.long!;
  const file = /[<[]file[>\]]/.test(option.flags);
  const grows = option.attributeName() === "revocationFile";
  const one = (value: unknown): GivenOption => {
    if (value === true) return { flag, value: undefined, file: false, grows };
    if (option.attributeName() === "allowRead") return { flag, value: folders(value).join(), file, grows };
    return { flag, value: file ? resolve(String(value)) : String(value), file, grows };
  };
  return Array.isArray(value) ? value.map(one) : [one(value)];
}

function folders(value: unknown): string[] {
  if (typeof value !== "string") return [];
  return value.split(",").map((path) => path.trim()).filter(Boolean).map((path) => resolve(path));
}
