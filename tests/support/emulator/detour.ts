/** Leads a connection through something in its middle: changes what each side learns of the other. */
export interface Detour {
  /** What the box gets of the viewer's offer. */
  offer(sdp: string): string;
  /** What the viewer gets of the box's answer. */
  answer(sdp: string): Promise<string>;
  /** What the viewer gets of a candidate of the box; undefined: nothing. */
  candidate(candidate: string): Promise<string | undefined>;
}

/** A session description without candidates (RFC 8839, section 5.1). */
export function withoutCandidates(sdp: string): string {
  return sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, "");
}

/** A session description whose candidates are those that `map` makes of them; undefined: none. */
export async function mapCandidates(
  sdp: string,
  map: (candidate: string) => Promise<string | undefined>,
): Promise<string> {
  const lines = await Promise.all(
    sdp.split(/(?<=\n)/).map(async (line) => {
      const candidate = /^a=(candidate:.*?)\r?\n$/.exec(line)?.[1];
      if (candidate === undefined) return line;
      const mapped = await map(candidate);
      return mapped === undefined ? "" : line.replace(candidate, () => mapped);
    }),
  );
  return lines.join("");
}

/** Address and port of a host candidate over UDP; undefined for any other. */
export function hostAddress(candidate: string): { hostname: string; port: number } | undefined {
  const [, , transport, , hostname, port, , type] = candidate.split(" ");
  if (transport?.toLowerCase() !== "udp" || type !== "host" || hostname!.endsWith(".local")) return undefined;
  return { hostname: hostname!, port: Number(port) };
}

/** The candidate with another port. */
export function withPort(candidate: string, port: number): string {
  const fields = candidate.split(" ");
  fields[5] = String(port);
  return fields.join(" ");
}
