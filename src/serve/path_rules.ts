/** Names of devices that Windows finds in every directory, with any extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;

/** Controls of ASCII and Latin-1, NUL among them: in a log or a terminal they would be obeyed. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Whether one component of a path may be shown and opened: no way up, nothing hidden, no control
 * character; on Windows also no drive, stream, device or separator in disguise.
 */
export function isLegalName(name: string, windows = Deno.build.os === "windows"): boolean {
  if (name === "" || name.startsWith(".") || CONTROL.test(name) || name.includes("/")) return false;
  if (!windows) return true;
  return !/[\\:*?"<>|]/.test(name) && !/[. ]$/.test(name) && !WINDOWS_DEVICE.test(name);
}

/**
 * The components of `path` below `root`, or undefined where it is not below it. Compared whole component
 * by whole component; on Windows without regard to case.
 */
export function componentsBelow(
  root: string,
  path: string,
  windows = Deno.build.os === "windows",
): string[] | undefined {
  const fold = (text: string) => windows ? text.toLowerCase() : text;
  const base = split(root, windows);
  const full = split(path, windows);
  if (full.length < base.length) return undefined;
  if (!base.every((component, index) => fold(component) === fold(full[index]!))) return undefined;
  return full.slice(base.length);
}

/** Whether the system would take `path` from its root and not from a directory. */
export function isAbsolute(path: string, windows = Deno.build.os === "windows"): boolean {
  return path.startsWith("/") || (windows && /^([a-z]:|\\)/i.test(path));
}

/** Components of a path; repeated and closing separators make none. */
export function split(path: string, windows = Deno.build.os === "windows"): string[] {
  return path.split(windows ? /[\\/]/ : "/").filter((component) => component !== "");
}
