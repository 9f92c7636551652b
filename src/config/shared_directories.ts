import type { ConfigFile } from "./config_file.ts";
import { homeDirectory } from "./default_path.ts";
import { type Environment, fromEnvironment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { ConfigError, fromFlag, type Given } from "./origin.ts";
import { isSystemDirectory } from "./system_directories.ts";

/**
 * The folders to share: those of the command line, which are taken as they are, else those of the
 * configuration, which may not be the system's own.
 *
 * @throws {ConfigError}
 */
export async function sharedDirectories(
  allowRead: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string[]> {
  const given = fromFlag(allowRead, "--allow-read");
  const directories = given?.value.split(",").map((path) => path.trim()).filter(Boolean) ??
    await configured(environment, file);
  if (directories.length > 0) return directories;
  throw new ConfigError(
    "no folder is shared: say which with --allow-read=<folder>, or with downloads.dir in the configuration",
    given?.origin ?? (file && { kind: "file", name: file.path }),
  );
}

async function configured(environment: Environment, file: ConfigFile | undefined): Promise<string[]> {
  const given = [
    fromEnvironment(environment, "UNARR_DOWNLOAD_DIR") ?? file?.get("downloads.dir"),
    file?.get("organize.movies_dir"),
    file?.get("organize.tv_shows_dir"),
    file?.get("library.scan_path"),
  ].filter((directory) => directory !== undefined);
  const directories = [];
  for (const directory of given) {
    directories.push(await checkedDirectory(expandHome(directory, environment), environment));
  }
  return [...new Set(directories)];
}

/** The canonical path: a link may lead to a directory of the system. */
async function checkedDirectory(
  { value, origin }: Given<string>,
  environment: Environment,
): Promise<string> {
  let path: string;
  try {
    path = await Deno.realPath(value);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw new ConfigError(`${origin.name}: the folder ${value} ${why}`, origin);
  }
  const home = homeDirectory(environment);
  const homes = home === undefined ? [] : [home, await Deno.realPath(home).catch(() => home)];
  if (isSystemDirectory(value, homes) || isSystemDirectory(path, homes)) {
    throw new ConfigError(
      `${origin.name}: ${value} belongs to the system or is the home directory; share a folder of media`,
      origin,
    );
  }
  return path;
}
