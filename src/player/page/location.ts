import { type LinkTrust, linkTrust } from "../client/mod.ts";

/** What the page's address says; all of it is in the fragment, which browsers do not send. */
export interface PageLocation {
  /** Viewer token; `""` where the address has none. */
  readonly token: string;
  /** Inside the share, `/` between its parts, without one at either end; `""` is the top. */
  readonly path: string;
  /** The path was written with a `/` at its end, or is the top. */
  readonly isFolder: boolean;
  /** The box, where one was chosen. */
  readonly agent?: string;
  /** Who the box is and what the link allows, as it stands there, whole or not. Kept in the address alone. */
  readonly trust?: LinkTrust;
  /** What is searched for. */
  readonly query?: string;
}

/** Reads a fragment, with or without its `#`. A fragment that is a bare token is one, too. */
export function parseLocation(fragment: string): PageLocation {
  const text = fragment.replace(/^#/, "");
  const fields = new URLSearchParams(text.includes("=") || text === "" ? text : `token=${text}`);
  const raw = fields.get("path") ?? "";
  const parts = raw.split("/").filter((part) => part !== "");
  const agent = fields.get("agent");
  const trust = linkTrust(fields);
  const query = fields.get("search");
  return {
    token: fields.get("token") ?? "",
    path: parts.join("/"),
    isFolder: parts.length === 0 || raw.endsWith("/"),
    ...(agent ? { agent } : {}),
    ...(trust ? { trust } : {}),
    ...(query ? { query } : {}),
  };
}

/** The fragment for a location, with its `#`; {@link parseLocation} reads it back. */
export function formatLocation({ token, path, isFolder, agent, trust, query }: PageLocation): string {
  const fields = [`token=${encode(token)}`];
  if (agent) fields.push(`agent=${encode(agent)}`);
  const { boxKey: box, grant, key } = trust ?? {};
  for (const [name, value] of Object.entries({ box, grant, key })) {
    if (value !== undefined) fields.push(`${name}=${encode(value)}`);
  }
  if (query) fields.push(`search=${encode(query)}`);
  else if (path !== "") fields.push(`path=${encode(path)}${isFolder ? "/" : ""}`);
  return `#${fields.join("&")}`;
}

/** Another place behind the same link. */
export function placeOf(
  { token, agent, trust }: PageLocation,
  path: string,
  isFolder: boolean,
): PageLocation {
  return { token, path, isFolder, ...(agent ? { agent } : {}), ...(trust ? { trust } : {}) };
}

/** The link without a place; the same for all places behind it. */
export function homeOf(location: PageLocation): string {
  return formatLocation(placeOf(location, "", true));
}

/** What a person pastes: a whole link, its fragment, or the token alone. */
export function pastedLocation(text: string): PageLocation {
  const trimmed = text.trim();
  const hash = trimmed.indexOf("#");
  return parseLocation(hash < 0 ? trimmed : trimmed.slice(hash));
}

/** Readable, yet safe: slashes stay. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/");
}
