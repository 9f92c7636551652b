/// <reference lib="dom" />
import { PlayerError } from "../client/errors.ts";

/**
 * Runs `work` while no other window works on the same download.
 *
 * @throws {PlayerError} busy where another does
 */
export async function withLock(id: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(`unarr-download-${id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) throw new PlayerError("busy", "This download goes on in another window.");
    await work();
  });
}
