import type { ProgramCommand } from "../../program/program_command.ts";
import { oneLine, serviceArguments, type ServiceCommand } from "./command_line.ts";

/**
 * A property list for launchd (launchd.plist(5)), as an agent of the user who loads it.
 *
 * @param log absolute path of the file that takes the log
 * @throws {ServiceError} for a path that it cannot express
 */
export function launchdPlist(program: ProgramCommand, service: ServiceCommand, log: string): string {
  const words = [...program.words.map(string), ...serviceArguments(service, string)];
  return `\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ~/Library/LaunchAgents/unarr-stream.plist, then:
     launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/unarr-stream.plist -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>unarr-stream</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${word}`).join("\n")}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <!-- launchd knows no exit code that is not worth another try: a refused key is tried as seldom as this. -->
  <key>ThrottleInterval</key>
  <integer>30</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>Umask</key>
  <integer>63</integer>
${output(service, log)}  <key>StandardErrorPath</key>
  ${string(log)}
</dict>
</plist>
`;
}

function output({ tellsToken }: ServiceCommand, log: string): string {
  if (!tellsToken) return "  <!-- No StandardOutPath: the link has a token, which a log need not hold. -->\n";
  return `  <!-- The link, with a token that is new at each start; with a viewer token file it stays, untold. -->
  <key>StandardOutPath</key>
  ${string(log)}
`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function string(text: string): string {
  return `<string>${oneLine(text).replace(/[&<>]/g, (character) => ENTITIES[character]!)}</string>`;
}
