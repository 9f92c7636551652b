/** Where Linux lists its UDP sockets, one a line; the last column counts what a full buffer dropped. */
const TABLES = ["/proc/net/udp", "/proc/net/udp6"];

/** Datagrams that were dropped at sockets on these local ports; undefined where the system does not tell. */
export async function socketDrops(ports: readonly number[]): Promise<number | undefined> {
  let dropped: number | undefined;
  for (const table of TABLES) {
    const text = await Deno.readTextFile(table).catch(() => "");
    if (text !== "") dropped = (dropped ?? 0) + dropsIn(text, ports);
  }
  return dropped;
}

/** The same of one table's text. */
export function dropsIn(table: string, ports: readonly number[]): number {
  let dropped = 0;
  for (const line of table.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const port = columns[1]?.split(":")[1];
    if (port !== undefined && ports.includes(parseInt(port, 16))) dropped += Number(columns.at(-1));
  }
  return dropped;
}
