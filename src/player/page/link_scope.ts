import { parseGrant } from "../../trust/grant_form.ts";
import { mayList, type Scope, scopeOf, WHOLE_SHARE } from "../../trust/scope.ts";
import type { PageLocation } from "./location.ts";

/** What of the share the link opens: all of it where it does not say. The box sees to it that it is no more. */
export function linkScope({ trust }: PageLocation): Scope {
  const grant = trust?.grant === undefined ? undefined : parseGrant(trust.grant);
  return grant === undefined ? WHOLE_SHARE : scopeOf(grant);
}

/** Whether there is a folder to begin at, to go up to and to search in. */
export function hasFolders(scope: Scope): boolean {
  return mayList(scope, scope.path);
}

/** Where a location leads: one that names no place to what the link opens, be it a folder or a file. */
export function placeIn(scope: Scope, location: PageLocation): PageLocation {
  const { query, ...place } = location;
  if (query !== undefined && hasFolders(scope)) return location;
  if (place.path !== "") return place;
  return { ...place, path: scope.path, isFolder: scope.kind === "folder" };
}

/** What the folder is called that everything lies in. */
export function topName({ path }: Scope): string {
  return path === "" ? "All files" : path.slice(path.lastIndexOf("/") + 1);
}
