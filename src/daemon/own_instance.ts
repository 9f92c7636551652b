import type { ServeConfig } from "../config/config.ts";
import { type Instance, instanceOf } from "../life/instance_ports.ts";
import type { Share } from "../serve/share.ts";

/**
 * The instance that a box is: by name, else by its folders and its relay. One that asks for any free port
 * wants to be one of several: it is none that could be there already.
 *
 * @param name as given with `--instance`
 */
export async function ownInstance(
  { remote, listen }: ServeConfig,
  shared: Promise<Share>,
  name: string | undefined,
): Promise<Instance | undefined> {
  if (name !== undefined) return await instanceOf(["name", name]);
  if (remote === undefined && listen.port === 0) return undefined;
  const relay = remote?.base ?? `${listen.hostname}:${listen.port}`;
  const { roots } = await shared;
  return await instanceOf(["folders", relay, ...roots.map(({ path }) => path).sort()]);
}
