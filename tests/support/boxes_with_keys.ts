import { type LinkTrust, listAgents } from "../../src/player/client/mod.ts";
import { toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, type Grant, linkKey, newGrant } from "../../src/trust/grant.ts";
import type { MaliciousRelay } from "./malicious_relay.ts";
import { Program } from "./program.ts";
import { TempDir } from "./temp_dir.ts";
import { within } from "./within.ts";

type Scope = Parameters<typeof newGrant>[0];

/** All that a share holds, listed. */
export const WHOLE: Scope = { path: "", kind: "folder", list: true };

/** The program with an identity, and a relay between it and whoever has one of its links. */
export class KeyedBox implements AsyncDisposable {
  private constructor(
    readonly key: BoxKey,
    readonly agentId: string,
    readonly share: TempDir,
    readonly program: Program,
    readonly keys: TempDir,
  ) {}

  /** @param options further ones of `serve` */
  static async start(
    relay: MaliciousRelay,
    name: string,
    options: readonly string[] = [],
  ): Promise<KeyedBox> {
    const key = BoxKey.generate();
    const [share, keys] = await Promise.all([TempDir.make(), TempDir.make()]);
    const identity = await keys.put("identity", `${key.format()}\n`);
    const token = await keys.put("token", relay.agentToken);
    const program = Program.spawn([
      `--allow-read=${share.path}`,
      ...["serve", "--relay", relay.base, "--api-key-file", token, "--identity-file", identity],
      ...["--name", name, "--engines", "1", "--max-sessions", "64", ...options],
    ]);
    const agentId = await within(60_000, "a box at the relay", online(relay, name));
    return new KeyedBox(key, agentId, share, program, keys);
  }

  /** What one of its links says. */
  link(scope: Scope = WHOLE): LinkTrust & { readonly grant: string; readonly key: string } {
    return this.linkOf(newGrant(scope));
  }

  linkOf(grant: Grant): LinkTrust & { readonly grant: string; readonly key: string } {
    const text = formatGrant(grant);
    return {
      boxKey: toBase64Url(this.key.publicKey),
      grant: text,
      key: toBase64Url(linkKey(this.key, text)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    for (const directory of [this.share, this.keys]) await directory[Symbol.asyncDispose]();
  }
}

/** The id of a box by its name, when it has called in. */
async function online(relay: MaliciousRelay, name: string): Promise<string> {
  for (;;) {
    const agents = await listAgents(relay.access);
    const found = agents.find((agent) => agent.name === name && agent.online);
    if (found !== undefined) return found.agentId;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
