import { isIP } from "node:net";
import { ConfigError, type Given } from "./origin.ts";

/**
 * Reverse proxies whose word on a client's address is taken: addresses and networks, of the command line with
 * commas between them, else of the file. None where nothing was given.
 *
 * @throws {ConfigError}
 */
export function trustedProxies(
  flag: Given<string> | undefined,
  file: Given<readonly string[]> | undefined,
): string[] {
  const given = flag === undefined ? file : { ...flag, value: flag.value.split(",") };
  if (given === undefined) return [];
  const { origin } = given;
  return given.value.map((text) => {
    const network = text.trim();
    if (!isNetwork(network)) {
      throw new ConfigError(
        `${origin.name} takes addresses and networks like 127.0.0.1,10.0.0.0/8, not ${
          JSON.stringify(network)
        }`,
        origin,
      );
    }
    return network;
  });
}

/** An address, or one with the length of its network's prefix (RFC 4632, RFC 4291 section 2.3); not all there are. */
function isNetwork(text: string): boolean {
  const [, address = "", length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return bits > 0 && (length === undefined || (Number(length) > 0 && Number(length) <= bits));
}
