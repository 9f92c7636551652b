import { isIP } from "node:net";
import { lookup } from "node:dns/promises";
import type { Endpoint } from "../stun/codec.ts";
import { type IceUrl, readIceUrl } from "./ice_url.ts";

/** A configured server, with where it is. */
export interface Server extends IceUrl {
  readonly url: string;
  readonly username: string | undefined;
  readonly credential: string | undefined;
  readonly at: Endpoint;
}

/** One URL of the configuration, with who the box is there. */
export interface ConfiguredServer {
  readonly url: string;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** Looks a server up; undefined where its name is not known. */
export async function findServer(
  { url, username, credential }: ConfiguredServer,
): Promise<Server | undefined> {
  const read = readIceUrl(url);
  const hostname = read && await addressOf(read.host);
  if (read === undefined || hostname === undefined) return undefined;
  return { ...read, url, username, credential, at: { hostname, port: read.port } };
}

/** The first address of a name; IPv4 where it has one, since NAT is there. */
async function addressOf(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  const all = await lookup(host, { all: true }).catch(() => []);
  return (all.find(({ family }) => family === 4) ?? all[0])?.address;
}
