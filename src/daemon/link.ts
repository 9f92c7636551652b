import type { ListenAddress } from "../config/config.ts";

/** The player's link. The token is in the fragment, which browsers send to no one. */
export function playerLink({ hostname }: ListenAddress, port: number, token: string): string {
  return `http://${urlHost(reachable(hostname))}:${port}/#token=${token}`;
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
