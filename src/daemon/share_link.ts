import { ConfigError } from "../config/config.ts";
import type { ShareConfig } from "../config/share_config.ts";
import { Share, ShareError } from "../serve/share.ts";
import { type Grant, newGrant } from "../trust/grant_form.ts";
import { linkFields } from "../trust/link_fields.ts";
import { linkAt, playerLink } from "./link.ts";

/** What is to be shared, and how long. */
export interface ShareRequest {
  /** Inside the share, or absolute where its folders are known; `""` for all of it. */
  readonly path: string;
  readonly list: boolean;
  /** Seconds since 1970. */
  readonly notBefore: number | undefined;
  readonly expires: number | undefined;
}

export interface SharedLink {
  readonly link: string;
  readonly grant: Grant;
}

/**
 * Makes a link to a file, a folder or all of the share. Nothing of it is kept: the box knows its own grants.
 *
 * @throws {ConfigError} for a path that is not in the share
 */
export async function shareLink(config: ShareConfig, request: ShareRequest): Promise<SharedLink> {
  const { secret, token, relay, agent, directories } = config;
  const { list, notBefore, expires } = request;
  const place = directories === undefined ? assumed(request.path) : await found(request.path, directories);
  const grant = newGrant({
    ...place,
    list: list && place.kind === "folder",
    ...(notBefore === undefined ? {} : { nbf: notBefore }),
    ...(expires === undefined ? {} : { exp: expires }),
  });
  const path = place.kind === "folder" && place.path !== "" ? `${place.path}/` : place.path;
  const fields = { token, agent, ...await linkFields(secret, grant), path };
  return {
    link: typeof relay === "string" ? linkAt(relay, fields) : playerLink(relay, relay.port, fields),
    grant,
  };
}

type Place = Pick<Grant, "path" | "kind">;

async function found(path: string, directories: readonly string[]): Promise<Place> {
  const share = await Share.of(directories).catch((error: Error) => {
    throw new ConfigError(error.message);
  });
  if (path === "" || share.isTop(path)) return { path: "", kind: "folder" };
  try {
    const { real, info } = await share.find(path);
    if (!info.isFile && !info.isDirectory) throw new ConfigError(`${path} is neither a file nor a folder`);
    return { path: share.pathOf(real)!, kind: info.isFile ? "file" : "folder" };
  } catch (error) {
    if (!(error instanceof ShareError)) throw error;
    throw new ConfigError(`${path}: ${error.message} in the shared folders`);
  }
}

/** Without a look: a folder's path ends with a slash. */
function assumed(path: string): Place {
  const parts = path.split("/").filter((part) => part !== "");
  if (/^([/\\]|[a-z]:)/i.test(path) || parts.some((part) => part.startsWith("."))) {
    throw new ConfigError(`${path} is no path inside the share; name its folders with --allow-read`);
  }
  return { path: parts.join("/"), kind: parts.length === 0 || path.endsWith("/") ? "folder" : "file" };
}
