import { Buffer } from "node:buffer";

/**
 * Where the ports of instances lie: above those that systems reserve, below those that they give to
 * connections (Linux: from 32,768; RFC 6335, section 6: from 49,152).
 */
const FIRST_PORT = 20_480;
const PORTS = 8_192;

/** So many ports are tried, where foreign programs have the first ones. */
const CANDIDATES = 4;

/** One instance of the program: a second one with the same must not run. */
export interface Instance {
  /** What a running instance answers: 64 bits of a digest, in hexadecimal, that tell nothing of the folders. */
  readonly id: string;
  /** Ports of the loopback, in the order in which they are tried. */
  readonly ports: readonly number[];
}

/**
 * The instance that goes by these words, such as its folders and its relay; the same words, in the same
 * order, give the same one.
 */
export async function instanceOf(words: readonly string[]): Promise<Instance> {
  const seed = new TextEncoder().encode(`unarr instance ${JSON.stringify(words)}`);
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", seed));
  const ports = new Set<number>();
  // 12 numbers of 16 bits behind the id; four that differ are among them but for once in 10^30 times.
  for (let at = 8; at < digest.length && ports.size < CANDIDATES; at += 2) {
    ports.add(FIRST_PORT + digest.readUInt16BE(at) % PORTS);
  }
  return { id: digest.toString("hex", 0, 8), ports: [...ports] };
}
