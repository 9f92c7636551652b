import type { Given } from "./origin.ts";

/** Variables that the configuration asks for. */
export const CONFIG_VARIABLES = [
  "APPDATA",
  "CREDENTIALS_DIRECTORY",
  "HOME",
  "UNARR_API_KEY",
  "UNARR_API_URL",
  "UNARR_CONFIG_DIR",
  "UNARR_DOWNLOAD_DIR",
  "UNARR_STORE_URL",
  "UNARR_VIEWER_TOKEN",
  "USERPROFILE",
  "XDG_CONFIG_HOME",
] as const;
export type ConfigVariable = typeof CONFIG_VARIABLES[number];

/** The value of a variable; undefined where it is not set or blank. */
export type Environment = (name: ConfigVariable) => string | undefined;

/** The process's own. A variable that the runtime was not permitted to read counts as not set. */
export const processEnvironment: Environment = (name) => {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name)?.trim() || undefined;
};

/** A value of the environment, or undefined where it was not given. */
export function fromEnvironment(environment: Environment, name: ConfigVariable): Given<string> | undefined {
  const value = environment(name);
  return value === undefined ? undefined : { value, origin: { kind: "environment", name } };
}
