import type { Grant } from "./grant.ts";

/** What of a share a viewer may see. */
export interface Scope {
  /** Without a `/` at either end; `""` is all of it. */
  readonly path: string;
  readonly kind: "folder" | "file";
  readonly list: boolean;
}

export const WHOLE_SHARE: Scope = { path: "", kind: "folder", list: true };

export function scopeOf({ path, kind, list }: Grant): Scope {
  return { path: normal(path), kind, list };
}

/** Whether a path inside the share, as a viewer asks for it, may be read. */
export function mayRead(scope: Scope, path: string): boolean {
  if (scope.path === "" && scope.kind === "folder") return true;
  // The end of an absolute path is not known here, and that of one with dots in it is not its own.
  const asked = normal(path);
  if (/^[/\\]|^[a-z]:/i.test(path) || asked.split("/").some((part) => part === "." || part === "..")) {
    return false;
  }
  return asked === scope.path || (scope.kind === "folder" && asked.startsWith(`${scope.path}/`));
}

/** Whether a folder may be listed. */
export function mayList(scope: Scope, path: string): boolean {
  return scope.list && scope.kind === "folder" && mayRead(scope, path);
}

function normal(path: string): string {
  return path.split("/").filter((part) => part !== "").join("/");
}
