import { homeDirectory } from "./default_path.ts";
import type { Environment } from "./environment.ts";
import { join } from "./join.ts";
import { ConfigError, type Given } from "./origin.ts";

/**
 * A path whose leading `~/` is the home directory; no shell has expanded that of a file.
 *
 * @throws {ConfigError} where the home directory is not known
 */
export function expandHome({ value, origin }: Given<string>, environment: Environment): Given<string> {
  if (!/^~(?:$|[/\\])/.test(value)) return { value, origin };
  const home = homeDirectory(environment);
  if (home === undefined) {
    throw new ConfigError(`${origin.name} begins with ~, and the home directory is not known`, origin);
  }
  return { value: value === "~" ? home : join(home, value.slice(2)), origin };
}
