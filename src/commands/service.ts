import { type Command, Option } from "commander";
import { resolve } from "node:path";
import { programCommand } from "../program/program_command.ts";
import { type ServiceCommand, serviceCommand, ServiceError } from "./service/command_line.ts";
import { crontab } from "./service/cron.ts";
import { launchdPlist } from "./service/launchd.ts";
import { systemdUnit } from "./service/systemd.ts";

/**
 * Adds the commands that print how the machine's service manager is to run `serve`, with its options.
 *
 * @param out takes what is printed, without the end of the last line
 */
export function addServiceCommands(program: Command, serve: Command, out: (text: string) => void): void {
  const service = program.command("service")
    .description("print a unit that runs serve: systemd, launchd, cron")
    .addHelpText("after", EXAMPLES);
  const add = (name: string, description: string, examples: string, print: Print) => {
    const command = service.command(name).description(description).addHelpText("after", examples);
    for (const option of serve.options) command.addOption(option);
    command.action((_, self: Command) => {
      try {
        out(print(serviceCommand(program, serve, self), self).trimEnd());
      } catch (error) {
        if (error instanceof ServiceError) self.error(`error: ${error.message}`);
        throw error;
      }
    });
    return command;
  };
  add(
    "systemd",
    "print a unit for systemd; takes the options of serve",
    SYSTEMD,
    (service) => systemdUnit(programCommand(), service),
  );
  add(
    "launchd",
    "print a property list for launchd (macOS); takes the options of serve",
    LAUNCHD,
    (service, self) =>
      launchdPlist(programCommand(), service, resolve(self.opts<{ logFile: string }>().logFile)),
  )
    .addOption(new Option("--log-file <file>", "where launchd puts the log").makeOptionMandatory());
  add(
    "cron",
    "print lines for a crontab; takes the options of serve",
    CRON,
    (service) => crontab(programCommand(), service),
  );
}

type Print = (service: ServiceCommand, self: Command) => string;

const EXAMPLES = `
Examples:
  unarr-stream --allow-read=/media service systemd
  unarr-stream service launchd --help`;

const SYSTEMD = `
Files that are named (keys, tokens) reach the service as credentials: it needs
no right to read them where they are.

Examples:
  unarr-stream --allow-read=/media service systemd \\
    > /etc/systemd/system/unarr-stream.service
  unarr-stream --allow-read=/media service systemd \\
    --relay https://relay.example --api-key-file /etc/unarr/key`;

const LAUNCHD = `
Example:
  unarr-stream --allow-read=/Volumes/Films service launchd \\
    --log-file ~/Library/Logs/unarr-stream.log \\
    > ~/Library/LaunchAgents/unarr-stream.plist`;

const CRON = `
Example:
  (crontab -l; unarr-stream --allow-read=/media service cron) | crontab -`;
