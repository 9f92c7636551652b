import { type Command, Option } from "commander";
import { DEFAULTS, relayConfig, type RelayFlags } from "../config/config.ts";
import { startRelay } from "../daemon/relay_daemon.ts";
import { RELAY_FATES } from "../daemon/fates.ts";
import { runDaemon } from "../daemon/run_daemon.ts";
import type { Process } from "../program/process.ts";
import { listenOption, metricsOption } from "./daemon_options.ts";
import { givenFlags, type LifeFlags, lifeOptions } from "./given_flags.ts";

/** Adds `relay`, which runs until a signal. */
export function addRelayCommand(program: Command, process: Process): void {
  program.command("relay")
    .description("introduce boxes and browsers, without a box of its own")
    .addOption(listenOption("where it listens; port 0 takes a free one"))
    .option("--agent-token-file <file>", "keys that boxes register with, one a line")
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--trust-proxy <addresses>", "reverse proxies before it, which tell its clients' addresses")
    .option("--ice-server <url...>", "STUN or TURN server for browsers; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .option("--store <url>", "Redis that relays share: redis://host:6379 (or UNARR_STORE_URL)")
    .option("--store-password-file <file>", "the password for it")
    .option("--turn-secret-file <file>", "or the secret that TURN has, for credentials that expire")
    .option("--turn-ttl <seconds>", "how long these are good for", DEFAULTS.turnTtl)
    .addOption(metricsOption())
    .option("--max-agents <n>", "boxes that it remembers, with all relays of one store", DEFAULTS.maxAgents)
    .option("--access-log", "a line of the log for each request, without tokens and addresses")
    .addOption(
      new Option("--drain <seconds>", "event streams may go on for so long when it is to end")
        .default(DEFAULTS.drain),
    )
    .action(async (_, self: Command) => {
      const flags = givenFlags<RelayFlags & LifeFlags>(self);
      await runDaemon(process, lifeOptions(flags), {
        read: () => relayConfig(flags),
        fates: RELAY_FATES,
        start: startRelay,
      });
    })
    .addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  unarr-stream relay --agent-token-file keys --listen 0.0.0.0:8090
  unarr-stream relay --agent-token-file keys --viewer-token-file viewers \\
    --ice-server turn:turn.example:3478 --ice-credentials-file turn
  unarr-stream relay --agent-token-file keys --viewer-token-file viewers \\
    --store redis://redis.example:6379 --store-password-file redis-password`;
