/** Network namespaces of Linux, by iproute2. */
import { system } from "../commands/shell.ts";

/** The words that run a program in a namespace. */
export function inNamespace(name: string): [string, ...string[]] {
  return ["ip", "netns", "exec", name];
}

/** @throws {Error} with what `ip` said, where it failed */
export function ip(command: string): Promise<void> {
  return run(["ip", ...command.split(" ")]);
}

/** @throws {Error} with what the program said, where it failed or is not there */
export async function run([name, ...args]: readonly [string, ...string[]]): Promise<void> {
  const said = await system(name, args);
  if (said?.code !== 0) throw new Error(`${name} ${args.join(" ")}: ${said?.err ?? "is not installed"}`);
}

/** One that has nothing but its loopback. */
export async function addNamespace(name: string): Promise<void> {
  await ip(`netns add ${name}`);
  await ip(`-n ${name} link set lo up`);
}

/** One end of a cable: a namespace, the name of its interface there, and that one's address with its length. */
export type End = readonly [namespace: string, link: string, address: string];

/** Lays a cable between two namespaces. */
export async function join(a: End, b: End): Promise<void> {
  await ip(`-n ${a[0]} link add ${a[1]} type veth peer name ${b[1]} netns ${b[0]}`);
  for (const [namespace, link, address] of [a, b]) {
    await ip(`-n ${namespace} address add ${address} dev ${link}`);
    await ip(`-n ${namespace} link set ${link} up`);
  }
}

/** Lets a namespace pass on packets that are for others. */
export function makeRouter(name: string): Promise<void> {
  return run([...inNamespace(name), "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
}

/** Their interfaces and rules go with them. One that is not there is no error. */
export async function removeNamespaces(names: readonly string[]): Promise<void> {
  for (const name of names) await system("ip", ["netns", "delete", name]);
}
