import { type Command, Option } from "commander";
import { CRYPTO_PREFERENCES, DEFAULTS, serveConfig, type ServeFlags } from "../config/config.ts";
import { startServe } from "../daemon/serve_daemon.ts";
import { SERVE_FATES } from "../daemon/fates.ts";
import { runDaemon } from "../daemon/run_daemon.ts";
import type { Process } from "../program/process.ts";
import { listenOption, metricsOption } from "./daemon_options.ts";
import { givenFlags, type LifeFlags, lifeOptions } from "./given_flags.ts";

/** Adds `serve`, which runs until a signal. */
export function addServeCommand(program: Command, process: Process): Command {
  return program.command("serve")
    .description("share folders, by its own relay or one elsewhere")
    .option("--relay <url>", "a relay elsewhere")
    .option("--api-key-file <file>", "key for that relay (or UNARR_API_KEY)")
    .addOption(listenOption("where the embedded relay listens; port 0 takes a free one"))
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--identity-file <file>", "the box's key, see identity new; viewers then need its links")
    .option("--revocation-file <file>", "links that were taken back, one id a line")
    .option("--open", "lets viewers in without a link of the box's, too")
    .option("--ice-server <url...>", "STUN or TURN server, for box and browser; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .option("--name <name>", "what viewers see the box as")
    .option("--max-sessions <n>", "viewers at once", DEFAULTS.maxSessions)
    .option("--engines <n>", "threads that serve them, at most; as many as processors by default")
    .addOption(
      new Option("--crypto <how>", "what seals the bytes on their way").choices(CRYPTO_PREFERENCES).default(
        DEFAULTS.crypto,
      ),
    )
    .addOption(metricsOption())
    .option("--instance <name>", "one of this name runs; one of the same folders and relay by default")
    .action(async (_, self: Command) => {
      const flags = givenFlags<ServeFlags & LifeFlags>(self);
      await runDaemon(process, lifeOptions(flags), {
        read: () => serveConfig(flags),
        fates: SERVE_FATES,
        start: startServe,
      });
    })
    .addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  unarr-stream --allow-read=/media serve
  unarr-stream --allow-read=/media,/srv/films serve --listen 0.0.0.0:8090
  unarr-stream --allow-read=/media serve --viewer-token-file viewers
  unarr-stream --allow-read=/media serve \\
    --relay https://relay.example --api-key-file key`;
