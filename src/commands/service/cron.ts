import { Buffer } from "node:buffer";
import type { ProgramCommand } from "../../program/program_command.ts";
import { oneLine, serviceArguments, type ServiceCommand, ServiceError } from "./command_line.ts";

/** What Debian's cron takes of a command, in bytes (`MAX_COMMAND`, with its end). */
const MAX_COMMAND = 999;

/**
 * Lines for a user's crontab.
 *
 * @throws {ServiceError} for what a line cannot hold
 */
export function crontab(program: ProgramCommand, service: ServiceCommand): string {
  const words = [...program.words.map(word), ...serviceArguments(service, word)].join(" ");
  const lock = word(program.words[0]);
  // The pipe takes standard error; standard output follows it only where someone needs it.
  const output = service.tellsToken ? "2>&1" : "2>&1 >/dev/null";
  const command = `flock -n ${lock} ${words} ${output} | logger -t unarr-stream`;
  if (Buffer.byteLength(command) > MAX_COMMAND) {
    throw new ServiceError(`cron takes commands of ${MAX_COMMAND} bytes; this would be longer: ${command}`);
  }
  return `\
# For the crontab of the user who may read the media: crontab -e
#
# The first line starts unarr-stream with the machine, the second again within a minute when it has ended.
# flock sees to it that there is one: it holds a lock on the executable while the program runs (nothing is
# written to it), and a second start that finds the lock taken ends at once without a word. Two of them on one
# machine need two locks: put another file's name after "flock -n".
#
# The log goes to the system's: journalctl -t unarr-stream, or /var/log/syslog.
${service.tellsToken ? TOKEN : ""}@reboot ${command}
* * * * * ${command}
`;
}

const TOKEN = `\
# So does the link, whose token is new at each start. With --viewer-token-file it stays, and the log has none.
`;

/**
 * A word for the shell that cron hands its line to. cron itself takes \`%\` for a line's end unless a
 * backslash is before it, which some versions remove and some leave: outside of quotes both come to the same.
 * Two backslashes in a row, which some make one, are kept apart.
 */
function word(text: string): string {
  if (/^[\w/.,:=@+-]+$/.test(oneLine(text))) return text;
  return `'${text.replaceAll("'", "'\\''").replaceAll("%", "'\\%'").replace(/\\(?=\\)/g, "\\''")}'`;
}
