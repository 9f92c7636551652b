/** Where the service worker answers. */
export const MEDIA_PREFIX = "/media/";

export interface MediaTarget {
  /** The `Client.id` of the page that holds the connection. */
  readonly clientId: string;
  /** Inside the share. */
  readonly path: string;
  readonly download: boolean;
  /** To be saved, and a folder: as one archive. */
  readonly folder?: true;
}

/**
 * `/media/<client>/<path>`. The page's id is part of it, so that a service worker that was asleep, and has
 * forgotten everything, still knows whom to ask.
 */
export function mediaUrl({ clientId, path, download, folder }: MediaTarget): string {
  const parts = path.split("/").map((part) => encodeURIComponent(part.toWellFormed()));
  const query = !download ? "" : folder ? "?download=folder" : "?download=1";
  return `${MEDIA_PREFIX}${encodeURIComponent(clientId)}/${parts.join("/")}${query}`;
}

/** The target of a URL of this origin, or undefined where it is not a media URL. */
export function parseMediaUrl(url: URL): MediaTarget | undefined {
  if (!url.pathname.startsWith(MEDIA_PREFIX)) return undefined;
  const [client, ...parts] = url.pathname.slice(MEDIA_PREFIX.length).split("/");
  if (!client || parts.length === 0) return undefined;
  const download = url.searchParams.get("download");
  try {
    return {
      clientId: decodeURIComponent(client),
      path: parts.map(decodeURIComponent).join("/"),
      download: download === "1" || download === "folder",
      ...(download === "folder" ? { folder: true } : {}),
    };
  } catch {
    return undefined;
  }
}
