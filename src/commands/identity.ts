import type { Command } from "commander";
import { newIdentity } from "../config/identity.ts";
import { boxSecret, type IdentityFlags } from "../config/share_config.ts";
import type { Process } from "../program/process.ts";
import { toBase64Url } from "../trust/base64url.ts";
import { formatIdentity } from "../trust/identity_line.ts";
import { publicKeyOf } from "../trust/link_fields.ts";
import { givenFlags } from "./given_flags.ts";

/** Adds the commands that make a box's key and show the public half of one; both only print. */
export function addIdentityCommands(program: Command, process: Process): void {
  const identity = program.command("identity")
    .description("print a key for a box: new, show")
    .addHelpText("after", EXAMPLES);
  identity.command("new")
    .description("print a new key; whoever has it can make links to the box")
    .action(() => {
      process.out(formatIdentity(newIdentity().secret));
      process.error(
        "This is a secret. Write it where the box alone reads it, and give the file to serve and share:\n" +
          "  (umask 077; unarr-stream identity new > identity)",
      );
    })
    .addHelpText("after", NEW);
  identity.command("show")
    .description("print the public key, as it is in each link")
    .option("--identity-file <file>", "the box's key")
    .action(async (_, self: Command) => {
      const secret = await boxSecret(givenFlags<IdentityFlags>(self));
      process.out(toBase64Url(await publicKeyOf(secret)));
    })
    .addHelpText("after", SHOW);
}

const EXAMPLES = `
Examples:
  (umask 077; unarr-stream identity new > identity)
  unarr-stream identity show --identity-file identity
  unarr-stream --allow-read=/media serve --identity-file identity`;

const NEW = `
Example:
  (umask 077; unarr-stream identity new > identity)`;

const SHOW = `
Example:
  unarr-stream identity show --identity-file identity`;
