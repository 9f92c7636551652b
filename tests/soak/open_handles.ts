/** What a process has open, as Linux tells; nothing elsewhere. */

/** Names of the files below `directory` that are open, one for each handle. */
export async function openFiles(pid: number, directory: string): Promise<string[]> {
  const prefix = `${directory}/`;
  return (await targets(pid)).filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
}

/** The number of UDP sockets that are open. */
export async function udpSockets(pid: number): Promise<number> {
  const open = await targets(pid);
  const inodes = new Set<string>();
  for (const table of ["udp", "udp6"]) {
    const text = await Deno.readTextFile(`/proc/${pid}/net/${table}`).catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const inode = line.trim().split(/\s+/)[9];
      if (inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  return open.filter((target) => inodes.has(target)).length;
}

/** What the process' file descriptors stand for. */
async function targets(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      // One may be closed by now, as the folder's own is when a process looks at itself.
      const target = await Deno.readLink(`${folder}/${name}`).catch(() => undefined);
      if (target !== undefined) found.push(target);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
