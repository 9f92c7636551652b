import { GRANT_ID_FORM } from "../trust/grant_id.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Environment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { ConfigError, fromFlag } from "./origin.ts";
import { readSecret } from "./secrets.ts";

/** The most ids that a file may list. */
const MAX_REVOKED = 100_000;

/**
 * Ids of the links that were taken back: one a line; empty lines and those that begin with # are none.
 *
 * @throws {ConfigError} for a file that is not there or lists something else: a link that was taken back is not
 * to be good again for a mistake in a line
 */
export async function revokedGrants(
  flag: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string[]> {
  const configured = file?.get("stream.revocation_file");
  const path = fromFlag(flag, "--revocation-file") ?? (configured && expandHome(configured, environment));
  if (path === undefined) return [];
  const { value, origin } = await readSecret(path);
  const ids = new Set<string>();
  for (const [index, text] of value.split("\n").entries()) {
    const line = text.replace(/#.*/, "").trim();
    if (line === "") continue;
    if (!GRANT_ID_FORM.test(line)) {
      throw new ConfigError(`${origin.name}, line ${index + 1}: this is no link's id`, origin);
    }
    ids.add(line);
  }
  if (ids.size > MAX_REVOKED) {
    throw new ConfigError(`${origin.name} lists more than ${MAX_REVOKED} links`, origin);
  }
  return [...ids];
}
