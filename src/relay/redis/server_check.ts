/** Whether a Redis can be the relay's store, and what of it is set in a way that loses data. */

/** Streams came with Redis 5; Valkey and others that are compatible tell the version that they are compatible with. */
const MIN_MAJOR = 5;

/** It cannot; the message is a sentence for the operator. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

/**
 * @param send one command
 * @returns sentences to warn with
 * @throws {ServerError}
 */
export async function checkServer(send: (...args: string[]) => Promise<unknown>): Promise<string[]> {
  let info: string;
  try {
    info = `${await send("INFO", "server")}\n${await send("INFO", "memory")}`;
  } catch (error) {
    // A user that may not ask may still do all that the relay needs.
    if ((error as Error).message.startsWith("NOPERM")) return [];
    throw error;
  }
  return warningsOf(info);
}

/** @throws {ServerError} */
export function warningsOf(info: string): string[] {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const version = value("redis_version");
  if (version !== undefined && Number.parseInt(version) < MIN_MAJOR) {
    throw new ServerError(
      `the store is Redis ${version}, which has no streams: Redis ${MIN_MAJOR} or Valkey is needed`,
    );
  }
  const policy = value("maxmemory_policy");
  if (Number(value("maxmemory") ?? 0) === 0 || policy === undefined || policy === "noeviction") return [];
  return [
    `the store drops what it holds when its memory is full (maxmemory-policy ${policy}): set it to noeviction`,
  ];
}
