import type { ListenAddress } from "../config/config.ts";
import type { TrustFields } from "../trust/link_fields.ts";

/** What a link's fragment holds, which browsers send to no one. */
export interface LinkFields extends Partial<TrustFields> {
  readonly token: string;
  /** Which of a relay's boxes. */
  readonly agent?: string | undefined;
  /** Inside the share, with a `/` at the end of a folder's; `""` for the top. */
  readonly path?: string;
}

/** The player's link at a relay that this machine brings. */
export function playerLink(listen: ListenAddress, port: number, fields: LinkFields): string {
  return linkAt(`http://${urlHost(reachable(listen.hostname))}:${port}`, fields);
}

/** @param base the relay's address, without a slash at the end */
export function linkAt(base: string, { token, agent, box, grant, key, path }: LinkFields): string {
  const fields = Object.entries({ token, agent, box, grant, key, path })
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encode(value!)}`);
  return `${base}/#${fields.join("&")}`;
}

/** Where this machine finds a server that listens at `hostname`; without a slash at the end. */
export function localBase(hostname: string, port: number): string {
  return `http://${urlHost(local(hostname))}:${port}`;
}

/** Where a browser elsewhere would find a server that listens everywhere. */
function reachable(hostname: string): string {
  if (hostname !== "0.0.0.0" && hostname !== "::") return hostname;
  const own = Deno.networkInterfaces().find(({ address, family }) =>
    family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
  );
  return own?.address ?? local(hostname);
}

function local(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

function urlHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Readable, yet safe: slashes stay. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/");
}
