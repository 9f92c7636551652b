import { Buffer } from "node:buffer";
import type { Share } from "../serve/share.ts";
import type { AgentIdentity } from "../signal/agent_client.ts";
import { VERSION } from "../program/version.ts";

/** What is configured of it. */
export interface OwnIdentity {
  readonly agentId: string | undefined;
  readonly name: string | undefined;
}

/**
 * Who the box is to a relay. Nothing is written to disk, so that an id that is not configured is derived: the
 * same machine, key and folders give the same one at every start.
 */
export async function agentIdentity(
  share: Share,
  token: string,
  own: OwnIdentity,
): Promise<AgentIdentity> {
  return {
    agentId: own.agentId ?? await derivedId(share, token),
    name: own.name ?? await hostName() ?? share.roots[0]!.name,
    version: VERSION,
    os: Deno.build.os,
    arch: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
  };
}

async function derivedId(share: Share, token: string): Promise<string> {
  const seed = JSON.stringify([await machine(), token, share.roots.map(({ path }) => path)]);
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`unarr agent ${seed}`)),
  );
  return uuid(digest);
}

/** Something that is this machine's own: its id where the system has one, else its network hardware. */
async function machine(): Promise<string> {
  const id = await Deno.readTextFile("/etc/machine-id").catch(() => "");
  if (id.trim() !== "") return id.trim();
  const macs = new Set(Deno.networkInterfaces().map(({ mac }) => mac));
  return [...macs].sort().join();
}

async function hostName(): Promise<string | undefined> {
  const name = (await Deno.readTextFile("/etc/hostname").catch(() => "")).trim();
  return name === "" ? undefined : name.slice(0, 64);
}

/** The first 128 bits as a UUID of version 8 (RFC 9562, section 5.8). */
function uuid(bytes: Uint8Array): string {
  const id = bytes.slice(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return Buffer.from(id).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
