import type { Command } from "commander";
import { ConfigError, DEFAULTS } from "../config/config.ts";
import { shareConfig, type ShareFlags } from "../config/share_config.ts";
import { shareLink } from "../daemon/share_link.ts";
import type { Process } from "../program/process.ts";
import type { Grant } from "../trust/grant_form.ts";
import { GRANT_ID_FORM } from "../trust/grant_id.ts";
import { givenFlags } from "./given_flags.ts";
import { moment } from "./share/moment.ts";
import { qrCode } from "./share/qr_code.ts";

interface Flags extends ShareFlags {
  readonly expires?: string;
  readonly notBefore?: string;
  readonly list?: false;
}

/** Adds the commands that make a link and take it back; both only print. */
export function addShareCommands(program: Command, process: Process): void {
  const share = program.command("share")
    .description("print a link to a file or folder, or revoke one")
    .argument("[path]", "inside the share; all of it by default")
    .option("--identity-file <file>", "the box's key, as serve has it")
    .option("--expires <when>", "30m, 12h, 7d, 4w or a date; never by default")
    .option("--not-before <when>", "as --expires; at once by default")
    .option("--no-list", "a folder's files can be opened, but not listed")
    .option("--relay <url>", "where viewers find the relay")
    .option("--listen <address>", "where serve listens, if the relay is its own", DEFAULTS.listen)
    .option("--viewer-token-file <file>", "tokens of viewers; the first is in the link")
    .option("--agent <id>", "which of a relay's boxes")
    .action(async (path: string | undefined, _, self: Command) =>
      await print(path ?? "", givenFlags<Flags>(self), process)
    )
    .addHelpText("after", SHARE);
  share.command("revoke")
    .description("print the line that takes a link back")
    .argument("<id>", "of the link, as share said it")
    .option("--revocation-file <file>", "where serve reads such lines")
    .action((id: string, { revocationFile }: { revocationFile?: string }) =>
      revoke(id, revocationFile, process)
    )
    .addHelpText("after", REVOKE);
}

async function print(path: string, flags: Flags, process: Process): Promise<void> {
  const now = Date.now();
  const expires = flags.expires === undefined ? undefined : moment(flags.expires, "--expires", now);
  const notBefore = flags.notBefore === undefined ? undefined : moment(flags.notBefore, "--not-before", now);
  if (expires !== undefined && expires <= Math.max(now / 1_000, notBefore ?? 0)) {
    throw new ConfigError("--expires: the link would never be valid");
  }
  const config = await shareConfig(flags);
  const { link, grant } = await shareLink(config, {
    path,
    list: flags.list ?? true,
    notBefore,
    expires,
  });
  process.out(link);
  if (Deno.stdout.isTerminal()) {
    const code = await qrCode(link, Deno.consoleSize().columns);
    process.out(code ?? "(The terminal is too narrow for a QR code.)");
  }
  process.error(sentence(grant));
}

function sentence({ id, path, kind, list, nbf, exp }: Grant): string {
  const what = path === "" ? "all of the share" : `the ${kind} ${path}`;
  const limits = [
    ...(kind === "folder" && !list ? ["without lists"] : []),
    ...(nbf === undefined ? [] : [`from ${date(nbf)}`]),
    exp === undefined ? "for good" : `until ${date(exp)}`,
  ];
  return `${what}, ${limits.join(", ")}; its id, to take it back: ${id}`;
}

function date(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

function revoke(id: string, file: string | undefined, process: Process): void {
  if (!GRANT_ID_FORM.test(id)) throw new ConfigError(`${JSON.stringify(id)} is no link's id`);
  process.out(id);
  const where = file === undefined ? "the --revocation-file of serve" : file;
  process.error(
    `Nothing was written. Append the line to ${where}, then have serve read it:\n` +
      `  echo ${id} >> ${file === undefined ? "<file>" : shellWord(file)}\n` +
      "  systemctl reload unarr-stream    # or: kill -HUP <its process>",
  );
}

/** A path may hold anything. */
function shellWord(text: string): string {
  return /^[\w/.][\w./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const SHARE = `
The path is looked for in the folders of --allow-read or of the configuration;
where there are none, one that ends with / is a folder's. On a terminal the link
is shown as a QR code, too. A link cannot be changed, only taken back by its id.

Examples:
  unarr-stream --allow-read=/media share films/a.mp4 --expires 7d \\
    --identity-file identity --viewer-token-file viewers
  unarr-stream share films/ --identity-file identity \\
    --viewer-token-file viewers --relay https://relay.example > link`;

const REVOKE = `
Examples:
  unarr-stream share revoke 3f0a5c1b9d2e4f607182a3b4 --revocation-file revoked
  unarr-stream share revoke 3f0a5c1b9d2e4f607182a3b4 >> revoked`;
