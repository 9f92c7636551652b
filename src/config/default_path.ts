import type { Environment } from "./environment.ts";
import { join } from "./join.ts";

/**
 * Where the configuration file is when none is named (control-plane.md, section 9); undefined where the
 * environment does not tell.
 */
export function defaultConfigPath(
  environment: Environment,
  os: typeof Deno.build.os = Deno.build.os,
): string | undefined {
  const own = environment("UNARR_CONFIG_DIR");
  if (own !== undefined) return join(own, "config.toml", os);
  const base = configHome(environment, os);
  return base === undefined ? undefined : join(base, "unarr/config.toml", os);
}

/** The user's home directory, or undefined where the environment does not tell. */
export function homeDirectory(
  environment: Environment,
  os: typeof Deno.build.os = Deno.build.os,
): string | undefined {
  return environment(os === "windows" ? "USERPROFILE" : "HOME");
}

function configHome(environment: Environment, os: typeof Deno.build.os): string | undefined {
  if (os === "windows") return environment("APPDATA");
  const home = homeDirectory(environment, os);
  if (os === "darwin") return home && join(home, "Library/Application Support", os);
  const xdg = environment("XDG_CONFIG_HOME");
  // A relative one is to be ignored (XDG Base Directory Specification 0.8).
  if (xdg?.startsWith("/")) return xdg;
  return home && join(home, ".config", os);
}
