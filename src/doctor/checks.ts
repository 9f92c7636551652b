/** The checks, as both main and the threads name them. */
import type { Check } from "./check.ts";
import type { Endpoint } from "./stun/codec.ts";

export const ENCRYPTION: Check = { name: "Encryption" };
export const THREADS: Check = { name: "Threads" };
export const RELAY: Check = { name: "Relay" };
export const KEY: Check = { name: "Key" };
export const CLOCK: Check = { name: "Clock" };
export const IPV4: Check = { name: "IPv4" };
export const IPV6: Check = { name: "IPv6" };
export const UDP: Check = { name: "UDP" };
/** In place of servers, where there is none. */
export const STUN: Check = { name: "STUN" };
export const TURN: Check = { name: "TURN" };
export const NAT: Check = { name: "NAT" };

export function folder(path: string): Check {
  return { name: "Folder", subject: path };
}

export function port({ hostname, port }: Endpoint): Check {
  return { name: "Port", subject: `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}` };
}

/** A STUN or TURN server, by its URL. */
export function server(url: string): Check {
  return { name: "Server", subject: url };
}
